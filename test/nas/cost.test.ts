import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { CostModel, LatencyTable } from '../../src/nas/index.ts';
import {
  childNetwork,
  choiceBlocks,
  costText,
  latencyCost,
  latencyKeys,
  macsCost,
  paramsCost,
  predictLatency,
  profileItems,
  randomEncoding,
  resolveTarget,
} from '../../src/nas/index.ts';
import { countNetwork } from '../../src/net/index.ts';
import { architectures, rawEncodings } from './enumerate.ts';
import { mainSpace, smallSpace } from './spaces.ts';

const digest = 'a'.repeat(64);

/** A table whose entries are made up but distinct. */
const table = (space = smallSpace): LatencyTable => ({
  space: digest,
  device: { name: 'test', arch: 'x64', backend: 'cpu', instructionSet: 'none', threads: 1 },
  batch: 1,
  unit: 'ms',
  precision: 0.03,
  overhead: 0.25,
  overheadMargin: 0,
  entries: profileItems(space).map(({ key }, index) => ({
    key,
    median: 0.1 + ((index * 7) % 11) / 10,
    spread: 0,
    margin: 0,
    samples: 1,
  })),
  validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0.5, kendallTau: 0 },
});

function latency(): CostModel {
  const model = latencyCost(smallSpace, digest, table());
  if (!model.ok) throw new Error('internal error: expected a latency model, got failures');
  return model.value;
}

const models = [macsCost(smallSpace), paramsCost(smallSpace), latency()];

describe('costs', () => {
  test('are those of the child network', () => {
    const [macs, params] = [macsCost(mainSpace), paramsCost(mainSpace)];
    const rng = createRng(3);
    for (let k = 0; k < 20; k++) {
      const encoding = randomEncoding(mainSpace, rng);
      const counted = countNetwork(childNetwork(mainSpace, encoding));
      expect([macs.cost(encoding), params.cost(encoding)]).toEqual([counted.macs, counted.params]);
    }
  });

  test('of a latency table: overhead and one entry a piece', () => {
    const [measured, model] = [table(), latency()];
    for (const encoding of architectures(smallSpace)) {
      const predicted = predictLatency(measured, latencyKeys(smallSpace, encoding));
      expect(predicted.ok && predicted.value.ms).toBeCloseTo(model.cost(encoding), 12);
    }
  });

  test('of a latency table: margins of one entry add up, those of different ones by their squares', () => {
    const measured = { ...table(), overheadMargin: 4 };
    const [one, other] = measured.entries.map(({ key }) => key);
    const entries = measured.entries.map((entry) => ({ ...entry, margin: entry.key === one ? 1.5 : 0.1 }));
    const predicted = predictLatency({ ...measured, entries }, [one!, other!, one!]);
    expect(predicted.ok && predicted.value.margin).toBeCloseTo(Math.hypot(4, 3, 0.1), 12);
  });

  test.each(models)('$quantity: the expectation is that of an enumeration', (model) => {
    const rng = createRng(11);
    const probabilities = choiceBlocks(smallSpace).map(({ options }) => {
      const weights = options.map(() => 0.1 + rng.uniform());
      const total = weights.reduce((sum, w) => sum + w, 0);
      return weights.map((w) => w / total);
    });
    const mean = rawEncodings(smallSpace).reduce(
      (sum, encoding) =>
        sum + model.cost(encoding) * encoding.reduce((p, option, at) => p * probabilities[at]![option]!, 1),
      0,
    );
    expect(model.expected(probabilities).value / mean).toBeCloseTo(1, 12);
  });

  test.each(models)('$quantity: the gradient is the difference quotient', (model) => {
    const probabilities = choiceBlocks(smallSpace).map(({ options }) => options.map((_, k) => (k + 1) / 4));
    const { gradient, value } = model.expected(probabilities);
    for (const [at, row] of probabilities.entries()) {
      for (const k of row.keys()) {
        const moved = probabilities.map((p) => [...p]);
        moved[at]![k]! += 1;
        // The expectation is linear in each single probability, so a step of 1 is exact.
        const difference = model.expected(moved).value - value;
        expect(Math.abs(difference - gradient[at]![k]!)).toBeLessThan(1e-10 * value);
      }
    }
  });

  test.each(models)('$quantity: the range is that of an enumeration', (model) => {
    const costs = architectures(smallSpace).map((encoding) => model.cost(encoding));
    const { min, max, minEncoding, maxEncoding } = model.range();
    expect(min).toBeCloseTo(Math.min(...costs), 9);
    expect(max).toBeCloseTo(Math.max(...costs), 9);
    expect(model.cost(minEncoding)).toBeCloseTo(min, 9);
    expect(model.cost(maxEncoding)).toBeCloseTo(max, 9);
  });

  test('a table of another space, and one with gaps', () => {
    expect(latencyCost(smallSpace, 'b'.repeat(64), table())).toEqual({
      ok: false,
      failures: [
        {
          code: 'table-of-another-space',
          message:
            'the latency table was measured for the space aaaaaaaaaaaa…, not for bbbbbbbbbbbb… (small)',
        },
      ],
    });
    const full = table();
    const gaps = { ...full, entries: full.entries.filter(({ key }) => !key.startsWith('stem')) };
    const failure = {
      ok: false,
      failures: [{ code: 'missing-latency', message: 'the latency table lacks stem 5x6x2 k3 s1 o8 h-swish' }],
    };
    expect(latencyCost(smallSpace, digest, gaps)).toEqual(failure);
    expect(predictLatency(gaps, latencyKeys(smallSpace, [0, 0, 1, 0, 0, 0, 0]))).toEqual(failure);
  });

  test('targets are shares of the reachable range or values in it', () => {
    const model = macsCost(mainSpace);
    const { min, max } = model.range();
    expect(resolveTarget(model, { fraction: 0 })).toEqual({ ok: true, value: min });
    expect(resolveTarget(model, { fraction: 0.25 })).toEqual({ ok: true, value: min + (max - min) / 4 });
    expect(resolveTarget(model, { value: 8e6 })).toEqual({ ok: true, value: 8e6 });
    expect(resolveTarget(model, { value: 1e9 }, 'limit')).toEqual({ ok: true, value: 1e9 });
    expect(resolveTarget(model, { value: 1e6 })).toEqual({
      ok: false,
      failures: [
        {
          code: 'impossible-target',
          message:
            'a macs target of 1 M MACs cannot be reached: the architectures of this space have 4.291 M MACs to 22.9 M MACs',
        },
      ],
    });
    expect(resolveTarget(model, { value: 1e9 }).ok).toBe(false);
    expect(resolveTarget(model, { value: Number.NaN }).ok).toBe(false);
  });

  test('costs for people', () => {
    expect([costText(2.4149, 'ms'), costText(121_503, 'parameters'), costText(950, 'MACs')]).toEqual([
      '2.41 ms',
      '121.5 k parameters',
      '950 MACs',
    ]);
  });
});
