import { expect, test } from 'vitest';
import {
  checkNetwork,
  countNetwork,
  mobilenetV2,
  withAuxiliaryHead,
  withDropPath,
  withoutAuxiliary,
} from '../../src/net/index.ts';

const network = mobilenetV2({ input: { h: 32, w: 32, c: 3 }, classes: 10 });

test('an auxiliary head at two thirds, which changes no count and is gone without a trace', () => {
  const helped = withAuxiliaryHead(network, 0.4);
  expect(checkNetwork(helped)).toEqual({ ok: true, value: helped });
  expect(helped.auxiliary).toEqual([{ output: 'auxiliary.classifier', weight: 0.4 }]);
  const { macs, params, layers } = countNetwork(network);
  expect(countNetwork(helped)).toMatchObject({ macs, params });
  expect(withoutAuxiliary(helped)).toEqual(network);
  const foot = helped.layers.find(({ id }) => id === 'auxiliary.act')!.inputs[0]!;
  const before = layers.slice(0, layers.findIndex(({ id }) => id === foot) + 1);
  const share = before.reduce((sum, each) => sum + each.macs, 0) / macs;
  expect(Math.abs(share - 2 / 3)).toBeLessThan(0.05);
  // A sum or what leads past no sum: nothing inside of a residual block.
  expect(foot).toMatch(/^b\d+\.(add|project\.bn)$/);
});

test('drop-path on the branches of residual sums, rates in proportion to depth', () => {
  const dropping = withDropPath(network, 0.2);
  expect(checkNetwork(dropping)).toEqual({ ok: true, value: dropping });
  const sums = network.layers.filter(({ op }) => op === 'add');
  const rates = dropping.layers.flatMap((layer) => (layer.op === 'drop-path' ? [layer.rate] : []));
  expect(rates).toEqual(sums.map((_, i) => (0.2 * (i + 1)) / sums.length));
  const [shortcut, branch] = sums[0]!.inputs;
  const { id } = sums[0]!;
  expect(dropping.layers.find((layer) => layer.id === id)!.inputs).toEqual([shortcut, `${id}.drop-path`]);
  expect(dropping.layers.find((layer) => layer.id === `${id}.drop-path`)!.inputs).toEqual([branch]);
});
