import { nodeFiles } from '../../base/files.ts';
import { fail, ok } from '../../base/result.ts';
import { contentNow, type NamedContent, namedContent, namesOf } from '../../report/named-content.ts';
import { findRun } from '../../report/reference.ts';
import { bytes, counted } from '../../report/units.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { openStore, type Store } from '../../store/index.ts';
import { exportRun, importRun, isExportName } from '../../transfer/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting, storeDirectory } from '../open.ts';
import { openArchive } from '../open-run.ts';
import type { ImportOptions, StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';
import { tagProblems } from './tag.ts';

/** Writes a run with all that belongs to it as one archive. */
export async function exportCommand(
  io: Io,
  text: string,
  name: string,
  { store: place, json }: StoreOptions,
): Promise<ExitCode> {
  if (!isExportName(name)) {
    const message = `"${name}" ends neither in .tar.gz or .tgz, by which other commands know an exported run, nor in .onnx, for a model`;
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
  const outside = await namedContent(store.value, result.value);
  const lacking =
    outside.length === 0
      ? ''
      : `not in it: ${namesOf(outside)}, which params name; who runs its stages again elsewhere needs that too\n`;
  io.out.write(
    json
      ? `${JSON.stringify({ file: name, ...written.value, ...lackingJson(outside) })}\n`
      : `wrote ${name}: run ${run}, ${counted(files, 'file')}, ${bytes(size)} unpacked\n` +
          lacking +
          `elsewhere: npx pipe import ${name} · npx pipe check ${name} · npx pipe diff ${name} latest\n`,
  );
  return EXIT.ok;
}

const lackingJson = (outside: readonly NamedContent[]) =>
  outside.length === 0 ? {} : { lacking: outside.map(({ stage, path }) => ({ stage, path })) };

/** Takes an exported run into the store. */
export async function importCommand(
  io: Io,
  name: string,
  { store: place, json, tag: tags, note }: ImportOptions,
): Promise<ExitCode> {
  const wrong = tagProblems(tags);
  if (wrong.length > 0) return reportProblems(io, wrong, { json, closing: 'nothing was imported.' });
  const imported = await openArchive(io, name, async (file) => {
    if ((await nodeFiles.stat(file)) === undefined) {
      return fail({ code: 'unreadable', message: 'no such file' });
    }
    const store = await openStore(await storeDirectory(io, place));
    if (!store.ok) return store;
    const taken = await importRun(store.value, nodeFiles, file);
    if (!taken.ok) return taken;
    if (tags.length > 0 || note !== undefined) {
      await store.value.runs.label(taken.value.run, { add: tags, ...(note !== undefined && { note }) });
    }
    const result = (await store.value.runs.results(taken.value.run)) as RunResult | undefined;
    return ok({ ...taken.value, outside: result ? await absentContent(store.value, result) : [] });
  });
  if (!imported.ok) {
    return reportProblems(io, imported.failures, { json, closing: 'nothing was imported.' });
  }
  const { outside, ...value } = imported.value;
  const { run, pipeline, artifacts, records, known } = value;
  const lacking =
    outside.length === 0
      ? ''
      : `not here: ${namesOf(outside)}, which params name and no export holds: put it there to run its stages again\n`;
  const news = `${counted(artifacts, 'artifact')} and ${counted(records, 'record')} that were not here`;
  io.out.write(
    json
      ? `${JSON.stringify({ file: name, ...value, ...lackingJson(outside) })}\n`
      : known && artifacts === 0 && records === 0
        ? `run ${run} of ${pipeline} was here already, whole\n`
        : `imported run ${run} of ${pipeline}: ${news}\n${lacking}npx pipe show ${run}\n`,
  );
  return EXIT.ok;
}

/** What params of a run name and is not here as it was. */
async function absentContent(store: Store, result: RunResult): Promise<NamedContent[]> {
  const absent: NamedContent[] = [];
  for (const each of await namedContent(store, result)) {
    if ((await contentNow(nodeFiles, each)) !== 'as it was') absent.push(each);
  }
  return absent;
}
