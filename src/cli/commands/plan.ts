import { createWork, planPipeline } from '../../engine/index.ts';
import { planLines } from '../../report/plan.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { loadForCommand } from '../pipeline.ts';
import { reportProblems } from '../problems.ts';
import type { PlanOptions } from '../program.ts';

/** Says what a run would do with each stage, and why. Nothing is executed. */
export async function plan(io: Io, file: string, options: PlanOptions): Promise<ExitCode> {
  const { json } = options;
  const closing = 'nothing was planned.';
  const loaded = await loadForCommand(io, file, { ...options, force: [] });
  if (!loaded.ok) return reportProblems(io, loaded.failures, { json, closing });
  const { project, pipeline, store, wish } = loaded.value;
  const found = await planPipeline(createWork(project, pipeline, store, wish));
  if (!found.ok) return reportProblems(io, found.failures, { json, closing });
  io.out.write(
    json ? `${JSON.stringify(found.value)}\n` : `${planLines(found.value, io.out.style).join('\n')}\n`,
  );
  return EXIT.ok;
}
