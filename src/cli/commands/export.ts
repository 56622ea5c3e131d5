import { nodeFiles } from '../../base/files.ts';
import { fail } from '../../base/result.ts';
import { findRun } from '../../report/reference.ts';
import { bytes, count } from '../../report/units.ts';
import { openStore } from '../../store/index.ts';
import { exportRun, importRun, isExportName } from '../../transfer/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting, storeDirectory } from '../open.ts';
import { openArchive } from '../open-run.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Writes a run with all that belongs to it as one archive. */
export async function exportCommand(
  io: Io,
  text: string,
  name: string,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  if (!isExportName(name)) {
    const message = `"${name}" does not end in .tar.gz or .tgz, by which other commands know an exported run`;
    return reportProblems(io, [{ code: 'export-name', message }], { json });
  }
  const store = await openExisting(io, place);
  if (!store.ok) return reportProblems(io, store.failures, { json });
  const result = await findRun(store.value, text);
  if (!result.ok) return reportProblems(io, result.failures, { json });
  const written = await openArchive(io, name, (file) =>
    exportRun(store.value, nodeFiles, result.value, file),
  );
  if (!written.ok) return reportProblems(io, written.failures, { json });
  const { run, files, bytes: size } = written.value;
  io.out.write(
    json
      ? `${JSON.stringify({ file: name, ...written.value })}\n`
      : `wrote ${name}: run ${run}, ${count(files)} files, ${bytes(size)} unpacked\n` +
          `elsewhere: npx pipe import ${name} · npx pipe check ${name} · npx pipe diff ${name} latest\n`,
  );
  return EXIT.ok;
}

/** Takes an exported run into the store. */
export async function importCommand(
  io: Io,
  name: string,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  const imported = await openArchive(io, name, async (file) => {
    if ((await nodeFiles.stat(file)) === undefined) {
      return fail({ code: 'unreadable', message: 'no such file' });
    }
    const store = await openStore(await storeDirectory(io, place));
    return store.ok ? importRun(store.value, nodeFiles, file) : store;
  });
  if (!imported.ok) {
    return reportProblems(io, imported.failures, { json, closing: 'nothing was imported.' });
  }
  const { run, pipeline, artifacts, records, known } = imported.value;
  const news = `${count(artifacts)} artifacts and ${count(records)} records that were not here`;
  io.out.write(
    json
      ? `${JSON.stringify({ file: name, ...imported.value })}\n`
      : known && artifacts === 0 && records === 0
        ? `run ${run} of ${pipeline} was here already, whole\n`
        : `imported run ${run} of ${pipeline}: ${news}\nnpx pipe show ${run}\n`,
  );
  return EXIT.ok;
}
