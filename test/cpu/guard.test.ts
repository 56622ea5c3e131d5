import { expect, test } from 'vitest';
import { Arena, settingAddress, settingsBase } from '../../src/cpu/arena.ts';
import { planPath } from '../../src/cpu/plan/plan.ts';
import type { WeightPlace } from '../../src/cpu/plan/weights.ts';
import { runPlan, writeBatch } from '../../src/cpu/runner.ts';
import { Threads } from '../../src/cpu/threads.ts';
import { cases, someBatch, someWeights } from '../contract/backend-cases.ts';
import { descents } from '../contract/backend-descent.ts';
import { builds } from './builds.ts';

const GUARD = 192;
/** A NaN, which shows wherever it is read, and a plain number, which changes wherever it is updated. */
const SENTINELS = [0x7fc5_a5a5, 0x3f9a_5a5a];

const runs = (await builds()).flatMap((build) => SENTINELS.map((sentinel) => ({ ...build, sentinel })));

test.for(runs)(
  'no op writes outside its buffers, or reads what was not written: $name, $sentinel',
  async ({ kernels, missing, sentinel }, { skip }) => {
    if (kernels === undefined) return skip(missing);
    const threads = new Threads(kernels);
    const arena = new Arena(threads);
    for (const [index, { name, path, weights, batch }] of cases.entries()) {
      const descent = descents[index % descents.length]!;
      const values = someWeights(weights);
      const taken: { readonly at: number; readonly count: number; readonly name: string }[] = [];
      const places = new Map<string, WeightPlace>();
      for (const spec of weights) {
        const { data } = values.get(spec.name)!;
        // A vector of sentinels behind every weight and slot.
        const place = (values: Float32Array): number => {
          const at = arena.take(values.length + 16);
          arena.ints(at, values.length + 16).fill(sentinel);
          arena.floats(at, values.length).set(values);
          taken.push({ at, count: values.length, name: spec.name });
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
        settings: {
          base: settingsBase,
          clipNorm: settingAddress('clipNorm'),
          gradientScale: settingAddress('gradientScale'),
          smoothing: settingAddress('smoothing'),
          teacherRatio: settingAddress('teacherRatio'),
        },
        lanes: threads.kernels.lanes,
        base,
        guard: GUARD,
      });
      await runPlan(threads, arena, plan, base, { threads: 2 }, () => {
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
      });
      expect(plan.buffers.length, name).toBeGreaterThan(5);
      for (const [, end] of plan.buffers) {
        const guard = arena.ints(end, GUARD / 4);
        expect(
          guard.every((word) => word === sentinel),
          `${name}: a guard at ${end - base}`,
        ).toBe(true);
      }
      for (const { at, count, name: of } of taken) {
        expect(
          arena.ints(at + count * 4, 16).every((word) => word === sentinel),
          `${name}: ${of}`,
        ).toBe(true);
        expect(arena.floats(at, count).some(Number.isNaN), `${name}: ${of} has NaN`).toBe(false);
        arena.give(at);
      }
    }
    await threads.close();
  },
);
