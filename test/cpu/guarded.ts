import { type Arena, settingAddresses } from '../../src/cpu/arena.ts';
import { type Plan, planPath } from '../../src/cpu/plan/plan.ts';
import type { WeightPlace } from '../../src/cpu/plan/weights.ts';
import { writeBatch } from '../../src/cpu/runner.ts';
import { type Case, someBatch, someWeights } from '../contract/backend-cases.ts';
import { type Descent, descents } from '../contract/backend-descent.ts';

/** Bytes behind each buffer that belong to nobody. */
export const GUARD = 192;
/** Words behind each weight and slot that belong to nobody. */
const SPARE = 16;

export interface Guarded {
  readonly plan: Plan;
  readonly base: number;
  /** Fills all that no one wrote with the sentinel, and writes inputs. */
  readonly prepare: () => void;
  /** Weights and slots, with how many floats each has; behind them are SPARE words. */
  readonly weights: readonly { readonly name: string; readonly at: number; readonly count: number }[];
  readonly release: () => void;
}

/** One of all ways to descend, in turns. */
export const descentOf = (index: number): Descent => descents[index % descents.length]!;

/** A training step with everything in it, whose buffers have room between them. */
export function guardedPlan(
  arena: Arena,
  lanes: number,
  { path, weights, batch }: Case,
  descent: Descent,
  sentinel: number,
): Guarded {
  const values = someWeights(weights);
  const taken: { name: string; at: number; count: number }[] = [];
  const places = new Map<string, WeightPlace>();
  for (const spec of weights) {
    const { data } = values.get(spec.name)!;
    const place = (initial: Float32Array): number => {
      const at = arena.take(initial.length + SPARE);
      arena.ints(at, initial.length + SPARE).fill(sentinel);
      arena.floats(at, initial.length).set(initial);
      taken.push({ name: spec.name, at, count: initial.length });
      return at;
    };
    places.set(spec.name, {
      spec,
      weight: place(data),
      momentum: place(data),
      square: place(data.map((value) => value ** 2)),
      steps: place(Float32Array.of(2)),
      ema: place(data),
    });
  }
  const base = arena.workspace;
  const plan = planPath({
    network: path,
    images: batch,
    mode: { backward: true, statistics: 'batch', moving: true, dropout: true, gates: true, ema: false },
    update: { optimiser: descent.optimiser, ...(descent.clipBy && { clip: descent.clipBy }) },
    keepNorms: true,
    loss: true,
    teacher: true,
    places,
    settings: settingAddresses,
    lanes,
    base,
    guard: GUARD,
  });
  const prepare = (): void => {
    arena.ints(base, plan.bytes / 4).fill(sentinel);
    writeBatch(arena, plan, someBatch(path.input, batch), path.input.c);
    for (const { data, rows, stride } of plan.masks) arena.floats(data, rows * stride).fill(1);
    arena.set('learningRate', 0.1);
    arena.set('clipNorm', 1);
    arena.set('teacherRatio', 0.5);
    arena.set('gradientScale', 1);
    arena.set('smoothing', 0);
    arena.set('weightDecay', 0);
    arena.set('emaDecay', 0.5);
  };
  const release = (): void => {
    for (const { at } of taken) arena.give(at);
  };
  return { plan, base, prepare, weights: taken, release };
}
