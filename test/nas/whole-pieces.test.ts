import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { LatencyTable } from '../../src/nas/index.ts';
import {
  childNetwork,
  enasMacroChannelsSpace,
  enasMacroSpace,
  enasMicroSpace,
  latencyCost,
  latencyKeys,
  nasnetSpace,
  neighbours,
  profileItems,
  randomEncoding,
} from '../../src/nas/index.ts';
import type { Backend } from '../../src/net/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';

const sizes = { input: { h: 8, w: 8, c: 2 }, classes: 3 };
const spaces = [
  ['enas-macro', enasMacroSpace({ ...sizes, layers: 5, filters: 4 })],
  ['enas-macro, final', enasMacroSpace({ ...sizes, layers: 5, filters: 4, form: 'final' })],
  ['enas-macro-channels', enasMacroChannelsSpace({ ...sizes, layers: 5, filters: 4 })],
  ['enas-micro', { ...enasMicroSpace({ ...sizes, layers: 3, filters: 4 }), nodes: 3 }],
  ['enas-micro, final', { ...enasMicroSpace({ ...sizes, layers: 3, filters: 4, form: 'final' }), nodes: 3 }],
  ['nasnet', { ...nasnetSpace({ ...sizes, layers: 3, filters: 4 }), nodes: 3 }],
] as const;

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

describe.each(spaces)('%s', (_, space) => {
  const items = profileItems(space);
  const digest = '7'.repeat(64);
  /** A piece takes as long as it has multiply-accumulates, and something besides. */
  const table: LatencyTable = {
    space: digest,
    device: { name: 'a desk', arch: 'x64', backend: 'cpu', instructionSet: 'none', threads: 1 },
    batch: 1,
    unit: 'ms',
    precision: 0.03,
    overhead: 0.5,
    overheadMargin: 0,
    entries: items.map(({ key, network }) => ({
      key,
      median: countNetwork(network).macs,
      spread: 0,
      margin: 0,
      samples: 1,
    })),
    validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
  };

  test('pieces are sound networks that can be timed alone, each once', async () => {
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
    for (const { key, network } of items) {
      const sound = checkNetwork(network);
      expect(sound.ok ? [] : sound.failures, key).toEqual([]);
    }
    for (const { network } of items.slice(0, 4)) {
      expect(await backend.time(network, { batch: 1, warmup: 0, repeats: 1 })).toHaveLength(1);
    }
  });

  test('every architecture is made of them, and they have all that it computes', () => {
    const found = latencyCost(space, digest, table);
    if (!found.ok) throw new Error(found.failures[0]!.message);
    const known = new Set(items.map(({ key }) => key));
    const { min, max, minEncoding, maxEncoding } = found.value.range();
    for (let seed = 0; seed < 40; seed++) {
      const encoding = randomEncoding(space, createRng(seed));
      expect(latencyKeys(space, encoding).filter((key) => !known.has(key))).toEqual([]);
      // halvings of tensors that nothing joins are not executed: they are no pieces
      const { macs } = countNetwork(childNetwork(space, encoding));
      const ms = found.value.cost(encoding);
      if (space.grammar === 'cells') expect(ms).toBe(macs + 0.5);
      else expect(ms).toBeLessThanOrEqual(macs + 0.5);
      expect(ms).toBeGreaterThanOrEqual(min);
      expect(ms).toBeLessThanOrEqual(max);
    }
    for (const each of neighbours(space, minEncoding))
      expect(found.value.cost(each)).toBeGreaterThanOrEqual(min);
    for (const each of neighbours(space, maxEncoding))
      expect(found.value.cost(each)).toBeLessThanOrEqual(max);
  });
});
