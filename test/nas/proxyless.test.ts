import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { BlockDecision, Encoding, MobilenetSpace } from '../../src/nas/index.ts';
import {
  additiveCost,
  checkSpace,
  childNetwork,
  choiceBlocks,
  encodingOf,
  macsCost,
  paramsCost,
  proxylessSpace,
  spaceLayout,
  spaceSize,
} from '../../src/nas/index.ts';
import { countNetwork, mobilenetV2 } from '../../src/net/index.ts';

const KERNELS = ['3', '5', '7'];

/** Architecture of a row of operations: a kernel first, then 3·(expansion 6) + kernel of each layer, 6 its absence. */
function architecture(space: MobilenetSpace, operations: readonly number[]): Encoding {
  const chosen: { [choice: string]: string } = {};
  for (const [index, { block, positions }] of spaceLayout(space).blocks.entries()) {
    const operation = operations[index]!;
    if (positions.block !== undefined) chosen[`${block.id}.block`] = operation === 6 ? 'identity' : 'mbconv';
    if (operation === 6) continue;
    if (positions.kernel !== undefined) chosen[`${block.id}.kernel`] = KERNELS[operation % 3]!;
    if (positions.expansion !== undefined) chosen[`${block.id}.expansion`] = operation < 3 ? '3' : '6';
  }
  const encoding = encodingOf(space, chosen);
  if (!encoding.ok)
    throw new Error(`internal error: expected an encoding, got ${encoding.failures[0]!.message}`);
  return encoding.value;
}

describe('the space of ProxylessNAS', () => {
  test('has the published sizes', () => {
    expect(checkSpace(proxylessSpace()).ok).toBe(true);
    expect(spaceSize(proxylessSpace())).toEqual({
      raw: 6n ** 6n * 12n ** 15n,
      distinct: 6n ** 6n * 7n ** 15n,
    });
    // As TuNAS has it: 2.16e21 as OneOfs multiply, 6.65e17 distinct networks.
    expect(spaceSize(proxylessSpace({ firstKernels: KERNELS.map(Number) }))).toEqual({
      raw: 3n * 6n ** 6n * 12n ** 15n,
      distinct: 3n * 6n ** 6n * 7n ** 15n,
    });
  });

  test('MobileNetV2 and ProxylessNAS-Mobile lie in it, layer by layer', () => {
    for (const [filters, operations, params, macs] of [
      [
        [32, 16, 24, 32, 64, 96, 160, 320, 1280],
        [0, 3, 3, 6, 6, 3, 3, 3, 6, 3, 3, 3, 3, 3, 3, 3, 6, 3, 3, 3, 6, 3],
        3_504_872,
        300_774_272,
      ],
      [
        [32, 16, 32, 40, 80, 96, 192, 320, 1280],
        [0, 1, 0, 6, 6, 2, 0, 1, 1, 5, 1, 1, 1, 4, 1, 1, 1, 5, 5, 2, 2, 5],
        4_080_512,
        320_427_584,
      ],
    ] as const) {
      const space = proxylessSpace({ filters });
      const encoding = architecture(space, operations);
      const network = childNetwork(space, encoding);
      expect(countNetwork(network)).toMatchObject({ params, macs });
      expect([paramsCost(space).cost(encoding), macsCost(space).cost(encoding)]).toEqual([params, macs]);
      if (params === 3_504_872)
        expect(network.layers.map(({ op, output }) => [op, output])).toEqual(
          mobilenetV2().layers.map(({ op, output }) => [op, output]),
        );
    }
  });
});

const FILE = 'data/tunas/proxylessnas_search_pixel1.json';
const pixel1 = ['../../../shared/', '../../../../shared/']
  .map((up) => new URL(`${up}${FILE}`, import.meta.url))
  .find((url) => existsSync(url));

/** A genotype of TuNAS's integration test: children before parents, filters and single options included. */
const GENOTYPE =
  '0,0,0,1,0,0,0,0,1,0,0,1,0,0,1,0,1,1,0,1,0,0,1,0,0,0,0,0,0,2,1,0,1,1,0,2,1,0,2,1,0,0,1,1,0,0,0,0,1,0,0,1,0,0,0,1,1,0,2,0,0,0,0,0,1,0,0,0,2,1,0,0,0';

test.skipIf(pixel1 === undefined)(
  'TuNAS’s Pixel 1 model gives its 84.01667 ms (needs ../shared/data)',
  () => {
    const { bias, features } = JSON.parse(readFileSync(pixel1!, 'utf8')) as {
      bias: number;
      features: { w: number }[];
    };
    const space = proxylessSpace({ firstKernels: [3, 5, 7] });
    const weights = new Map<string, readonly number[]>();
    let from = 0;
    for (const { block } of spaceLayout(space).blocks) {
      const count = block.kernel.length * block.expansion.length + (block.identity ? 1 : 0);
      weights.set(
        block.id,
        features.slice(from, from + count).map(({ w }) => w),
      );
      from += count;
    }
    expect(from).toBe(features.length);
    const absent = (id: string): number => weights.get(id)![6] ?? 0;
    const fixed = space.blocks.reduce((sum, { id }) => sum + absent(id), bias);
    const cost = additiveCost(space, 'latency', 'ms', {
      fixed,
      block: ({ block }, { kernel, expansion }: BlockDecision) =>
        weights.get(block.id)![kernel * block.expansion.length + expansion]! - absent(block.id),
    });

    const indices = GENOTYPE.split(',').map(Number);
    let at = 1; // the stem's filters
    const chosen: { [choice: string]: string } = {};
    for (const { block, positions } of spaceLayout(space).blocks) {
      chosen[`${block.id}.kernel`] = KERNELS[indices[at++]!]!;
      if (block.id !== 's1l0') {
        chosen[`${block.id}.expansion`] = String(block.expansion[indices[at++]!]);
        const absence = indices[at++]!;
        if (positions.block !== undefined)
          chosen[`${block.id}.block`] = absence === 1 ? 'identity' : 'mbconv';
      }
      if (block.id === 's1l0' || block.id === 's7l0' || block.id.endsWith('l3')) at += 1; // filters
    }
    expect(at + 1).toBe(indices.length);
    const encoding = encodingOf(space, chosen);
    expect(encoding.ok && cost.cost(encoding.value)).toBeCloseTo(84.01667, 5);

    // The expectation over the one-hot distribution of this genotype is the same number.
    const oneHot = choiceBlocks(space).map(({ id, options }) =>
      options.map((o) => (o === chosen[id] ? 1 : 0)),
    );
    expect(cost.expected(oneHot).value).toBeCloseTo(84.01667, 5);
  },
);
