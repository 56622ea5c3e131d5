import * as path from 'node:path';
import { Command, CommanderError } from 'commander';
import { nodeFiles } from '../base/files.ts';
import { repeatRun } from '../engine/repeat/repeat.ts';
import { packageRoot } from '../stage/package.ts';
import { isTag, openStore } from '../store/index.ts';
import { askedOf, type Remark } from './asked.ts';
import { compareWithBaseline } from './baseline-run.ts';
import { closingLines, labelsOf } from './closing.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';
import { type RunOptions, runOptions } from './options.ts';
import { rendererOf } from './render/choose.ts';
import { stillRenderer } from './render/still.ts';

/**
 * What was typed, where that is a run of which it is known that nothing has to run in it, because nothing has changed
 * since a run in which nothing ran. Gives its exit code; nothing, and then nothing has been done or said, in all other
 * cases: they are for the whole program. This file and all that it needs are one file after the build, because most of
 * such a run is loading code.
 */
export async function quick(io: Io): Promise<ExitCode | undefined> {
  const [name, ...words] = io.arguments;
  if (name !== 'run') return undefined;
  const command = runOptions(new Command('run').argument('[pipeline]')).exitOverride();
  command.configureOutput({ writeOut: () => {}, writeErr: () => {} }).helpOption(false);
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return undefined;
    throw error;
  }
  return repeat(io, command.args[0], command.opts<RunOptions>());
}

/** Does a run of which it is known that nothing has to run in it; nothing when that is not known. */
async function repeat(io: Io, file: string | undefined, options: RunOptions): Promise<ExitCode | undefined> {
  if (file === undefined || options.plan !== undefined || options.force.length > 0) return undefined;
  if (!options.tag.every(isTag)) return undefined;
  const absolute = path.resolve(io.directory, file);
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
  const { result, events, remark } = repeated;
  const renderer = rendererOf(io, options, stillRenderer);
  for (const event of events) renderer.event(event);
  await renderer.close();
  if (!options.json) {
    const { baseline: name } = remark as Remark;
    const baseline =
      name === undefined ? undefined : await compareWithBaseline(store.value, name, file, result);
    const lines = await closingLines(io, store.value, result, { ...(baseline && { baseline }) });
    io.out.write(`${options.quiet ? '' : '\n'}${lines.join('\n')}\n`);
  }
  return EXIT.ok;
}
