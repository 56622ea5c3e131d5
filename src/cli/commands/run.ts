import * as path from 'node:path';
import { nodeFiles } from '../../base/files.ts';
import { repeatRun } from '../../engine/repeat/repeat.ts';
import { packageRoot } from '../../stage/package.ts';
import { isTag, openStore } from '../../store/index.ts';
import { askedOf } from '../asked.ts';
import { baselineBeside } from '../baseline-file.ts';
import { closingLines, labelsOf, rendererFor } from '../closing.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { RunOptions } from '../options.ts';

/**
 * Runs a pipeline and shows how it goes. Where it is known that nothing has to run, because nothing has changed since a run in
 * which nothing ran, little of naspipe is loaded; else everything is found out anew.
 */
export async function run(io: Io, asked: string | undefined, options: RunOptions): Promise<ExitCode> {
  return (await repeat(io, asked, options)) ?? (await import('./drive.ts')).runFile(io, asked, options);
}

/** Does a run of which it is known that nothing has to run in it; nothing when that is not known. */
async function repeat(io: Io, file: string | undefined, options: RunOptions): Promise<ExitCode | undefined> {
  if (file === undefined || options.plan !== undefined || options.force.length > 0) return undefined;
  if (!options.tag.every(isTag)) return undefined;
  const absolute = path.resolve(io.directory, file);
  // what a search is to beat is told in the end, which takes more than is loaded here
  if (await baselineBeside(absolute)) return undefined;
  const above = path.dirname(absolute);
  const root = (await packageRoot(nodeFiles, above)) ?? above;
  const place = path.resolve(io.directory, options.store ?? path.join(root, 'artifacts'));
  if (!(await nodeFiles.stat(path.join(place, 'store.json')))) return undefined;
  const store = await openStore(place);
  if (!store.ok) return undefined;
  const repeated = await repeatRun({
    files: nodeFiles,
    store: store.value,
    asked: askedOf(io, file, options),
    ...labelsOf(options),
  });
  if (repeated === undefined) return undefined;
  const { result, events } = repeated;
  const renderer = await rendererFor(io, options);
  for (const event of events) renderer.event(event);
  await renderer.close();
  if (!options.json) {
    const lines = await closingLines(io, store.value, result, {});
    io.out.write(`${options.quiet ? '' : '\n'}${lines.join('\n')}\n`);
  }
  return EXIT.ok;
}
