import { type FinishedRun, type RunHandle, runPipeline } from '../../engine/index.ts';
import { baselineOf } from '../baseline.ts';
import { closingLines, labelsOf } from '../closing.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { DriveOptions, RunOptions } from '../options.ts';
import { loadForRun, type ToRun } from '../pipeline.ts';
import { reportProblems } from '../problems.ts';
import { rendererOf } from '../render/choose.ts';
import { stillRenderer } from '../render/still.ts';
import { tagProblems } from './tag.ts';

/** What follows when a mistake was found before anything ran. */
export const CLOSING = 'nothing was run.';

const CODES = { ok: EXIT.ok, failed: EXIT.failed, stopped: EXIT.stopped } as const;

/** Runs a pipeline, or a plan, and shows how it goes. The first interrupt stops at a checkpoint, the second kills. */
export async function run(io: Io, asked: string | undefined, options: RunOptions): Promise<ExitCode> {
  const { json } = options;
  const wrong = tagProblems(options.tag);
  if (wrong.length > 0) return reportProblems(io, wrong, { json, closing: CLOSING });
  const loaded = await loadForRun(io, asked, options);
  if (!loaded.ok) return reportProblems(io, loaded.failures, { json, closing: CLOSING });
  return drive(io, loaded.value, options);
}

/** Starts a run, shows how it goes, and says in the end what was found. */
export async function drive(io: Io, loaded: ToRun, options: DriveOptions): Promise<ExitCode> {
  const { json } = options;
  const isScreen = io.out.columns() !== undefined && !json && !options.quiet;
  const onScreen = isScreen ? (await import('../render/terminal.ts')).terminalRenderer : stillRenderer;
  const renderer = rendererOf(io, options, onScreen);
  let handle: RunHandle | undefined;
  let interrupts = 0;
  const uninstall = io.onInterrupt(() => {
    interrupts++;
    if (interrupts > 1) return handle?.kill();
    renderer.stopping();
    handle?.stop();
  });
  let result: FinishedRun;
  try {
    const started = await runPipeline(
      {
        ...loaded,
        ...labelsOf(options),
        ...(io.executor !== undefined && { executor: io.executor }),
        keepGoing: options.keepGoing ?? false,
        ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
        silence: {
          ...(options.silence !== undefined && { afterMs: options.silence }),
          ...(options.retrySilent !== undefined && { retries: options.retrySilent }),
        },
        ...(options.jobs === undefined ? {} : { jobs: options.jobs }),
        ...(options.checkpoint === undefined ? {} : { checkpointSeconds: options.checkpoint }),
      },
      (event) => renderer.event(event),
    );
    if (!started.ok) {
      await renderer.close();
      return reportProblems(io, started.failures, { json, closing: CLOSING });
    }
    handle = started.value;
    if (interrupts > 1) handle.kill();
    else if (interrupts > 0) handle.stop();
    result = await handle.finished;
  } catch (error) {
    // a terminal's Ctrl-C reaches what bundles the code of stages too, which ends with it
    if (handle === undefined && interrupts > 0) return interrupts > 1 ? EXIT.killed : EXIT.stopped;
    throw error;
  } finally {
    uninstall();
    await renderer.close();
  }
  if (!json) {
    const { store, branch } = loaded;
    const baseline = result.status === 'ok' ? await baselineOf(loaded, io.directory, result) : undefined;
    const lines = await closingLines(io, store, result, {
      ...(branch && { branchedFrom: branch.from.run }),
      ...(baseline && { baseline }),
    });
    io.out.write(`${options.quiet ? '' : '\n'}${lines.join('\n')}\n`);
  }
  return interrupts > 1 && result.status !== 'ok' ? EXIT.killed : CODES[result.status];
}
