import * as path from 'node:path';
import { nodeFiles } from '../../base/files.ts';
import { type ArtifactKind, isKind, kinds } from '../../kinds/index.ts';
import { headlineOf } from '../../report/headline.ts';
import { findOutput, findRun, findStage, parseReference } from '../../report/reference.ts';
import { showRun, showStage } from '../../report/show.ts';
import { divergencesIn, recordOf, storeSource, withDivergences } from '../../report/source.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';
import { shownPath } from '../render/header.ts';

/** Shows a run, a stage of it, or an artifact; or writes a run's report as HTML. */
export async function show(
  io: Io,
  text: string,
  { store: place, json, html }: StoreOptions & { readonly html?: string },
): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const reference = parseReference(text);
  const found = await findRun(store, reference.run);
  if (!found.ok) return reportProblems(io, found.failures, { json });
  const result = await withDivergences(found.value, divergencesIn(store));
  const { stage, port } = reference;
  if (html !== undefined) {
    if (stage !== undefined) {
      const message = `--html reports a whole run: npx pipe show ${result.run} --html ${html}`;
      return reportProblems(io, [{ code: 'not-a-run', message }], { json });
    }
    const { htmlReport } = await import('../../report/html/report.ts');
    const file = path.resolve(io.directory, html);
    await nodeFiles.writeAtomic(file, await htmlReport(store, result));
    io.out.write(`wrote ${shownPath(file, io.directory)}\n`);
    return EXIT.ok;
  }
  if (stage === undefined) return showWholeRun(io, store, result, json);
  return port === undefined
    ? showOneStage(io, store, result, stage, json)
    : showArtifact(io, store, result, stage, port, json);
}

const runDirectory = (io: Io, store: Store, run: string): string =>
  shownPath(store.runs.directory(run), io.directory);

async function showWholeRun(io: Io, store: Store, result: RunResult, json?: true): Promise<ExitCode> {
  if (json) io.out.write(`${JSON.stringify(result)}\n`);
  else {
    const headline = await headlineOf(result, storeSource(store));
    const lines = showRun(result, headline, runDirectory(io, store, result.run), io.out.style);
    io.out.write(`${lines.join('\n')}\n`);
  }
  return EXIT.ok;
}

async function showOneStage(
  io: Io,
  store: Store,
  result: RunResult,
  id: string,
  json?: true,
): Promise<ExitCode> {
  const stage = findStage(result, id);
  if (!stage.ok) return reportProblems(io, stage.failures, { json });
  const record = await recordOf(store, stage.value);
  if (json) io.out.write(`${JSON.stringify({ stage: id, ...stage.value, ...(record && { record }) })}\n`);
  else {
    const directory = `${runDirectory(io, store, result.run)}/${id}`;
    io.out.write(`${showStage(id, stage.value, record, directory, io.out.style).join('\n')}\n`);
  }
  return EXIT.ok;
}

async function showArtifact(
  io: Io,
  store: Store,
  result: RunResult,
  id: string,
  port: string,
  json?: true,
): Promise<ExitCode> {
  const stage = findStage(result, id);
  if (!stage.ok) return reportProblems(io, stage.failures, { json });
  const output = findOutput(id, stage.value, port);
  if (!output.ok) return reportProblems(io, output.failures, { json });
  const { kind, digest } = output.value;
  const directory = `${runDirectory(io, store, result.run)}/${id}/${port}`;
  const value = isKind(kind) ? await storeSource(store).load(kind, digest) : undefined;
  if (!isKind(kind) || value === undefined) {
    const message = `the store no longer has ${id}/${port} whole; npx pipe run makes it again`;
    return reportProblems(io, [{ code: 'artifact-missing', message }], { json });
  }
  const { describe, details, render } = kinds[kind] as unknown as ArtifactKind<unknown>;
  if (json) {
    const more = details === undefined ? {} : { details: details(value) };
    const facts = describe(value);
    io.out.write(`${JSON.stringify({ stage: id, port, kind, digest, directory, facts, ...more })}\n`);
  } else {
    io.out.write(`${io.out.style.bold(`${id}/${port} · ${kind} · ${directory}/`)}\n${render(value)}\n`);
  }
  return EXIT.ok;
}
