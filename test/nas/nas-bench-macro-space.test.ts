import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  canonicalEncoding,
  checkSpace,
  childNetwork,
  describeArchitecture,
  encodingKey,
  latencyKeys,
  macsCost,
  mutate,
  nasBenchMacroSpace,
  neighbours,
  paramsCost,
  profileItems,
  randomEncoding,
  spaceSize,
} from '../../src/nas/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';
import { macroNetwork, macroTable } from '../net/nas-bench-macro.ts';
import { architectures, rawEncodings } from './enumerate.ts';

const space = nasBenchMacroSpace();
const table = macroTable();
const code = (encoding: readonly number[]): string => encoding.join('');

describe('the space nas-bench-macro', () => {
  test('6,561 codes, 3,969 networks, as an enumeration has them', () => {
    expect(checkSpace(space)).toEqual({ ok: true, value: space });
    expect(spaceSize(space)).toEqual({ raw: 6561n, distinct: 3969n });
    expect(architectures(space)).toHaveLength(3969);
  });

  test('canonical: what is left out comes last in its stack, the first layer apart', () => {
    const canonical = (text: string) => code(canonicalEncoding(space, [...text].map(Number)));
    expect(canonical('01001102')).toBe('01010120');
    expect(canonical('00012102')).toBe('00012120');
    for (const each of architectures(space).slice(0, 300)) {
      expect(canonicalEncoding(space, each)).toEqual(each);
    }
  });

  test('the networks are those of the benchmark', () => {
    for (const text of ['22212220', '00000000', '12100201']) {
      const own = childNetwork(space, [...text].map(Number));
      expect(checkNetwork(own).ok).toBe(true);
      expect(own.layers.map(({ op, output }) => [op, output])).toEqual(
        macroNetwork(text).layers.map(({ op, output }) => [op, output]),
      );
    }
    expect(describeArchitecture(space, [2, 2, 0, 0, 0, 0, 1, 1])).toBe(
      'stem 32 k3 · s1 64: k5e6, k5e6 · s2 128: –, –, – · s3 256: –, k3e3, k3e3 · head 1280',
    );
  });

  test.skipIf(table === undefined)('all 6,561 rows: exact params and MACs (needs ../shared/data)', () => {
    const [params, macs] = [paramsCost(space), macsCost(space)];
    const wrong = rawEncodings(space).filter((encoding) => {
      const row = table!.get(code(encoding))!;
      return params.cost(encoding) !== row.params || macs.cost(encoding) !== row.flops;
    });
    expect(wrong).toEqual([]);
    const all = [...table!.values()].map((row) => row.flops);
    expect(macs.range()).toMatchObject({ min: Math.min(...all), max: Math.max(...all) });
  });

  test('pieces add up to the network, and the profile has them all', () => {
    const keys = new Set(profileItems(space).map(({ key }) => key));
    const rng = createRng(5);
    for (let k = 0; k < 20; k++) {
      const encoding = randomEncoding(space, rng);
      expect(latencyKeys(space, encoding).filter((key) => !keys.has(key))).toEqual([]);
      const { params } = countNetwork(childNetwork(space, encoding));
      expect(paramsCost(space).cost(encoding)).toBe(params);
    }
  });

  test('mutation and neighbours never give the same network', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const rng = createRng(seed);
        const before = randomEncoding(space, rng);
        const after = mutate(space, before, rng);
        const around = neighbours(space, before).map(encodingKey);
        expect(around).not.toContain(encodingKey(before));
        expect(around).toContain(encodingKey(after));
        expect(new Set(around).size).toBe(around.length);
      }),
      { numRuns: 100 },
    );
  });
});
