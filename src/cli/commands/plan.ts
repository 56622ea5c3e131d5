import * as path from 'node:path';
import { createWork, planPipeline, writeSavedPlan } from '../../engine/index.ts';
import { planLines } from '../../report/plan.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { PipelineOptions } from '../options.ts';
import { loadForCommand } from '../pipeline.ts';
import { reportProblems } from '../problems.ts';

/** Says what a run would do with each stage, and why. Nothing is executed. */
export async function plan(
  io: Io,
  file: string,
  options: PipelineOptions & { readonly out?: string },
): Promise<ExitCode> {
  const { json, out } = options;
  const closing = 'nothing was planned.';
  const loaded = await loadForCommand(io, file, options);
  if (!loaded.ok) return reportProblems(io, loaded.failures, { json, closing });
  const { project, pipeline, store, wish, force, lookedUp, asked } = loaded.value;
  const found = await planPipeline(createWork(project, pipeline, store, wish), { force, lookedUp });
  if (!found.ok) return reportProblems(io, found.failures, { json, closing });
  if (out !== undefined) {
    try {
      await writeSavedPlan(path.resolve(io.directory, out), { v: 1, ...asked, plan: found.value });
    } catch (error) {
      const message = `cannot write ${out}: ${(error as Error).message}`;
      return reportProblems(io, [{ code: 'unwritable', message }], {
        json,
        closing: 'the plan was not kept.',
      });
    }
  }
  const kept = out === undefined ? [] : [`Kept in ${out}; npx pipe run --plan ${out} does exactly this.`];
  io.out.write(
    json
      ? `${JSON.stringify(found.value)}\n`
      : `${[...planLines(found.value, io.out.style), ...kept].join('\n')}\n`,
  );
  return EXIT.ok;
}
