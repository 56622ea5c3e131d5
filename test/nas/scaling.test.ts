import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  checkSpace,
  childNetwork,
  compoundScaling,
  enasMacroSpace,
  enasMicroFound,
  nasBenchMacroSpace,
  paramsCost,
  publishedArchitectures,
  randomEncoding,
  type SearchSpace,
  scaleArchitecture,
  spaceSize,
  tunasMobilenetV3LikeSpace,
} from '../../src/nas/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';
import { mainSpace } from './spaces.ts';

const scaled = (
  space: SearchSpace,
  encoding: readonly number[],
  by: Parameters<typeof scaleArchitecture>[2],
) => {
  const result = scaleArchitecture(space, encoding, by);
  if (!result.ok) throw new Error(result.failures[0]!.message);
  return result.value;
};

describe('EfficientNet-B0, scaled', () => {
  test.each([
    ['B0', 1, 1, 224, 5_288_548],
    ['B1', 1, 1.1, 240, 7_794_184],
    ['B2', 1.1, 1.2, 260, 9_109_994],
    ['B3', 1.2, 1.4, 300, 12_233_232],
    ['B4', 1.4, 1.8, 380, 19_341_616],
    ['B5', 1.6, 2.2, 456, 30_389_784],
    ['B6', 1.8, 2.6, 528, 43_040_704],
    ['B7', 2, 3.1, 600, 66_347_960],
  ])('%s has its published parameters', (_, width, depth, side, params) => {
    const found = publishedArchitectures['efficientnet-b0']();
    const { space, encoding } = scaled(found.space, found.encoding, { width, depth, resolution: side / 224 });
    expect(checkSpace(space)).toEqual({ ok: true, value: space });
    expect(space.input.h).toBe(side);
    expect(spaceSize(space).distinct).toBe(1n);
    const network = childNetwork(space, encoding);
    expect(checkNetwork(network).ok).toBe(true);
    expect(countNetwork(network).params).toBe(params);
  });

  test('a unit of φ is about twice the MACs', () => {
    const found = publishedArchitectures['efficientnet-b0']();
    const macs = [0, 1, 2, 3].map((phi) => {
      const { space, encoding } = scaled(found.space, found.encoding, compoundScaling(phi));
      return countNetwork(childNetwork(space, encoding)).macs;
    });
    for (const [phi, value] of macs.entries()) expect(value / (macs[0]! * 1.92 ** phi)).toBeCloseTo(1, 0);
    expect(macs[0]).toBe(385_814_752);
  });
});

test.each<[string, SearchSpace]>([
  ['mobilenet', mainSpace],
  ['stacks', tunasMobilenetV3LikeSpace()],
  ['stacks with layers that are left out', nasBenchMacroSpace()],
])('any network of the grammar %s: once is itself, more is a sound network and more', (_, space) => {
  fc.assert(
    fc.property(fc.nat(1_000_000), (seed) => {
      const encoding = randomEncoding(space, createRng(seed));
      const same = scaled(space, encoding, { width: 1, depth: 1, resolution: 1 });
      const shapes = (of: SearchSpace, at: readonly number[]) =>
        childNetwork(of, at).layers.map(({ op, output }) => [op, output]);
      expect(shapes(same.space, same.encoding)).toEqual(shapes(space, encoding));
      const more = scaled(space, encoding, compoundScaling(2));
      expect(checkSpace(more.space).ok).toBe(true);
      expect(checkNetwork(childNetwork(more.space, more.encoding)).ok).toBe(true);
      expect(paramsCost(more.space).cost(more.encoding)).toBeGreaterThan(paramsCost(space).cost(encoding));
    }),
    { numRuns: 25 },
  );
});

test('cells get more of their kind; arcs cannot be lengthened', () => {
  const { space, encoding } = enasMicroFound();
  const more = scaled(space, encoding, { width: 1.5, depth: 1.2, resolution: 1 });
  expect(more).toMatchObject({ space: { layers: 18, filters: 54 }, encoding });
  expect(scaleArchitecture(enasMacroSpace(), [], compoundScaling(1))).toEqual({
    ok: false,
    failures: [
      {
        code: 'fixed-depth',
        message:
          'networks of the space enas-macro cannot be made deeper: an arc says what each layer is; scale width and resolution',
      },
    ],
  });
});
