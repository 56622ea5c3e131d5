import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { ArchitectureCost, CellSpace, LatencyTable, MacroSpace } from '../../src/nas/index.ts';
import {
  childNetwork,
  choiceBlocks,
  enasMacroChannelsSpace,
  enasMacroSpace,
  enasMicroSpace,
  encodingKey,
  latencyCost,
  latencyKeys,
  macsCost,
  nasnetSpace,
  paramsCost,
  predictLatency,
  profileItems,
  randomEncoding,
} from '../../src/nas/index.ts';
import { countNetwork } from '../../src/net/index.ts';
import { architectures } from './enumerate.ts';

const sizes = { input: { h: 8, w: 8, c: 2 }, classes: 3, filters: 6 };
const digest = '7'.repeat(64);

/** A table whose times are noise: dearer operations may be cheaper, and more of something, too. */
function noisyTable(space: MacroSpace | CellSpace, seed: number): LatencyTable {
  const rng = createRng(seed);
  return {
    space: digest,
    device: { name: 'a desk', arch: 'x64', backend: 'cpu', instructionSet: 'none', threads: 1 },
    batch: 1,
    unit: 'ms',
    precision: 0.03,
    overhead: 0.5,
    overheadMargin: 0,
    entries: profileItems(space).map(({ key }) => ({
      key,
      median: rng.uniform(),
      spread: 0,
      margin: 0,
      samples: 1,
    })),
    validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
  };
}

function costOf(space: MacroSpace | CellSpace, table: LatencyTable): ArchitectureCost {
  const found = latencyCost(space, digest, table);
  if (!found.ok) throw new Error(found.failures[0]!.message);
  return found.value;
}

const cells = (space: CellSpace, nodes: number, operations: CellSpace['operations']): CellSpace => ({
  ...space,
  nodes,
  operations,
});
/** Small enough to try every architecture, large enough for skips over both halvings. */
const spaces: readonly (readonly [string, MacroSpace | CellSpace])[] = [
  ['macro', enasMacroSpace({ ...sizes, layers: 4, operations: ['conv3', 'sep3', 'max3'] })],
  ['macro, deeper', enasMacroSpace({ ...sizes, layers: 6, operations: ['sep3'] })],
  [
    'macro, anchors of the paper',
    enasMacroSpace({ ...sizes, layers: 5, operations: ['max3'], anchors: 'layers' }),
  ],
  ['macro, final', enasMacroSpace({ ...sizes, layers: 4, operations: ['conv3', 'max3'], form: 'final' })],
  [
    'macro over channels',
    enasMacroChannelsSpace({ ...sizes, layers: 3, operations: ['conv3', 'max3'], partition: 3 }),
  ],
  [
    'macro over channels, final',
    enasMacroChannelsSpace({
      ...sizes,
      layers: 3,
      operations: ['sep3', 'avg3'],
      partition: 3,
      form: 'final',
    }),
  ],
  ['cells', cells(enasMicroSpace({ ...sizes, layers: 3 }), 2, ['sep3'])],
  ['cells of one node', cells(enasMicroSpace({ ...sizes, layers: 3 }), 1, ['sep3', 'max3', 'identity'])],
  ['cells, final', cells(enasMicroSpace({ ...sizes, layers: 3, form: 'final' }), 2, ['identity'])],
  ['cells, final, without identity', cells(nasnetSpace({ ...sizes, layers: 3 }), 1, ['row7', 'avg3'])],
];

describe.each(spaces)('%s', (_, space) => {
  // where a range of channels begins costs nothing
  const starts = choiceBlocks(space).flatMap(({ what }, at) => (what.endsWith('-start') ? [at] : []));
  const all = architectures(space).filter((encoding) => starts.every((at) => encoding[at] === 0));
  const expectRange = (cost: ArchitectureCost): void => {
    const values = all.map((encoding) => cost.cost(encoding));
    const { min, max, minEncoding, maxEncoding } = cost.range();
    expect(min).toBeCloseTo(
      values.reduce((a, b) => Math.min(a, b)),
      9,
    );
    expect(max).toBeCloseTo(
      values.reduce((a, b) => Math.max(a, b)),
      9,
    );
    expect([cost.cost(minEncoding), cost.cost(maxEncoding)]).toEqual([min, max]);
    const keys = new Set(all.map(encodingKey));
    expect(keys.has(encodingKey(minEncoding)) && keys.has(encodingKey(maxEncoding))).toBe(true);
  };

  test('the range of counts is that of all architectures', () => {
    expect(all.length).toBeGreaterThan(30);
    expectRange(paramsCost(space));
    expectRange(macsCost(space));
  });

  test('the range of latencies is that of all architectures, whatever a table says', () => {
    expectRange(costOf(space, noisyTable(space, 1)));
  });

  test('a cost is that of the network, or of its pieces', () => {
    const table = noisyTable(space, 3);
    const latency = costOf(space, table);
    for (let seed = 0; seed < 10; seed++) {
      const encoding = randomEncoding(space, createRng(seed));
      const { params, macs } = countNetwork(childNetwork(space, encoding));
      expect([paramsCost(space).cost(encoding), macsCost(space).cost(encoding)]).toEqual([params, macs]);
      const predicted = predictLatency(table, latencyKeys(space, encoding));
      expect(predicted).toMatchObject({ ok: true, value: { ms: expect.closeTo(latency.cost(encoding), 9) } });
    }
  });
});
