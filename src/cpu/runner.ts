import { type Batch, teacherOf } from '../net/backend.ts';
import type { Network } from '../net/network.ts';
import type { Arena } from './arena.ts';
import { OP_WORDS } from './plan/ops.ts';
import type { Plan, PlanRequest } from './plan/plan.ts';
import { planPath } from './plan/plan.ts';
import { ALIGNMENT } from './plan/space.ts';
import type { Threads } from './threads.ts';

/** Plans kept; the one used longest ago is dropped first. */
const KEPT_PLANS = 256;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Plans by path and purpose. */
export class PlanCache {
  readonly #plans = new Map<string, Plan>();
  readonly #keys = new WeakMap<Network, string>();
  #base = -1;

  /** The plan of a request, made now unless it is kept. `purpose` tells apart all that the path does not. */
  get(request: PlanRequest, purpose: string): Plan {
    if (request.base !== this.#base) this.#plans.clear();
    this.#base = request.base;
    const key = `${purpose}:${request.images}:${this.#keyOf(request.network)}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) plan = planPath(request);
    else this.#plans.delete(key);
    this.#plans.set(key, plan);
    if (this.#plans.size > KEPT_PLANS) this.#plans.delete(this.#plans.keys().next().value!);
    return plan;
  }

  #keyOf(network: Network): string {
    let key = this.#keys.get(network);
    if (key === undefined) {
      key = JSON.stringify([network.input, network.output, network.layers, network.auxiliary]);
      this.#keys.set(network, key);
    }
    return key;
  }
}

/** Puts a batch where a plan reads it; images that lie there already, at `there`, stay. */
export function writeBatch(arena: Arena, plan: Plan, batch: Batch, channels: number, there = 0): void {
  if (plan.input.data !== there) writeImages(arena, plan, batch, channels);
  arena.ints(plan.labels, batch.size).set(batch.labels);
  if (plan.teacher === 0) return;
  const teacher = teacherOf(batch);
  if (teacher.length !== batch.size * plan.logits.classes) {
    throw new Error(
      `internal error: expected ${batch.size * plan.logits.classes} probabilities of a teacher, got ${teacher.length}`,
    );
  }
  arena.floats(plan.teacher, teacher.length).set(teacher);
}

function writeImages(
  arena: Arena,
  { input: { data, stride } }: Plan,
  { images }: Batch,
  channels: number,
): void {
  const rows = images.length / channels;
  const to = arena.floats(data, rows * stride);
  if (stride === channels) {
    to.set(images);
    return;
  }
  for (let r = 0, from = 0; r < rows; r++) {
    for (let c = 0; c < channels; c++) to[r * stride + c] = images[from++]!;
  }
}

export interface RunOptions {
  readonly threads: number;
  readonly repeats?: number;
  /** Milliseconds of each repetition are wanted. */
  readonly samples?: boolean;
  /** Milliseconds of each op are wanted. */
  readonly times?: boolean;
}

/** What a run measured, where asked. */
export interface RunTimes {
  readonly samples: Float64Array;
  readonly times: Float32Array;
}

/** Runs a plan that was made for the workspace at `base`; `prepare` writes inputs once the memory is there. */
export const runPlan = (
  threads: Threads,
  arena: Arena,
  plan: Plan,
  base: number,
  options: RunOptions,
  prepare: () => void,
): Promise<RunTimes> => arena.during(() => run(threads, arena, plan, base, options, prepare));

async function run(
  threads: Threads,
  arena: Arena,
  plan: Plan,
  base: number,
  options: RunOptions,
  prepare: () => void,
): Promise<RunTimes> {
  const repeats = options.repeats ?? 1;
  const words = base + aligned(plan.bytes);
  const counters = words + aligned(plan.ops * OP_WORDS * 4);
  const times = counters + aligned(plan.ops * 4);
  const samples = times + aligned(plan.ops * 4);
  const scratch = samples + aligned(repeats * 8);
  arena.ensure(scratch + options.threads * plan.scratchBytes);
  arena.ints(words, plan.words.length).set(plan.words);
  arena.floats(times, plan.ops).fill(0);
  prepare();
  await threads.run({
    plan: words,
    ops: plan.ops,
    threads: options.threads,
    scratch,
    scratchBytes: plan.scratchBytes,
    counters,
    times: options.times ? times : 0,
    repeats,
    samples: options.samples ? samples : 0,
  });
  return {
    samples: options.samples ? arena.doubles(samples, repeats).slice() : new Float64Array(),
    times: options.times ? arena.floats(times, plan.ops).slice() : new Float32Array(),
  };
}
