import { describe, expect, test } from 'vitest';
import type { MobilenetSpace, SpaceBlock } from '../../src/nas/index.ts';
import {
  checkSpace,
  childNetwork,
  macsCost,
  mobilenetV3Space,
  paramsCost,
  spaceLayout,
  spaceSize,
} from '../../src/nas/index.ts';
import { countNetwork, mobilenetV3Large, mobilenetV3LargeTable } from '../../src/net/index.ts';
import { mainSpace, smallSpace } from './spaces.ts';

const space = (side: number, c: number, width: number): MobilenetSpace =>
  mobilenetV3Space({ input: { h: side, w: side, c }, classes: 10, width });

describe('the space mobilenet-v3', () => {
  test.each([
    [28, 1, [2, 4], 7],
    [32, 1, [2, 4], 8],
    [64, 1, [2, 4, 6], 8],
    [65, 2, [2, 4], 9],
    [224, 2, [2, 4, 6, 8], 7],
  ])(
    'images of %i pixels: stem stride %i, blocks %j halve, %i pixels are left',
    (side, stem, halving, last) => {
      const built = space(side, 3, 1);
      expect(checkSpace(built)).toEqual({ ok: true, value: built });
      expect(built.stem.stride).toBe(stem);
      expect(built.blocks.flatMap(({ stride }, index) => (stride === 2 ? [index + 1] : []))).toEqual(halving);
      expect(spaceLayout(built).last).toEqual({ h: last, w: last, c: 160 });
    },
  );

  test('at width 0.5 on 28x28x1: what a laptop trains', () => {
    expect(
      mainSpace.blocks.map(({ output, identity }) => `${output}${identity ? ' or identity' : ''}`),
    ).toEqual([
      '16 or identity',
      '24',
      '24 or identity',
      '40',
      '40 or identity',
      '56',
      '56 or identity',
      '80',
    ]);
    expect(spaceSize(mainSpace)).toEqual({ raw: 176_319_369_216n, distinct: 19n ** 4n * 18n ** 4n });
    const uniform = spaceLayout(mainSpace).choices.map(({ options }) =>
      options.map(() => 1 / options.length),
    );
    expect(macsCost(mainSpace).expected(uniform).value / 1e6).toBeCloseTo(10.18, 1);
    expect(paramsCost(mainSpace).expected(uniform).value / 1e3).toBeCloseTo(178.7, 0);
  });

  test('what the schema cannot say is checked', () => {
    const [one, two, three] = smallSpace.blocks as [SpaceBlock, SpaceBlock, SpaceBlock];
    const wrong: MobilenetSpace = {
      ...smallSpace,
      blocks: [{ ...one, expansion: [1, 1.1] }, two, { ...three, id: 'two', identity: true, kernel: [3, 3] }],
    };
    expect(checkSpace(wrong)).toEqual({
      ok: false,
      failures: [
        { code: 'repeated-option', message: 'block one lists one expansion twice (as channels: 8, 8)' },
        { code: 'duplicate-block', message: 'two blocks are called two' },
        { code: 'repeated-option', message: 'block two lists one kernel twice' },
        {
          code: 'impossible-identity',
          message: 'block two cannot be left out: stride 1, 8 → 16 channels',
        },
      ],
    });
  });

  test('MobileNetV3-Large is a space of one architecture, with its exact counts', () => {
    const blocks = mobilenetV3LargeTable.rows.map(
      ([kernel, expanded, output, se, activation, stride], index, rows): SpaceBlock => ({
        id: `b${index + 1}`,
        output,
        stride,
        activation: activation === 're' ? 'relu' : 'h-swish',
        kernel: [kernel],
        expansion: [expanded / (rows[index - 1]?.[2] ?? 16)],
        squeezeExcite: [se === 'se'],
        identity: false,
      }),
    );
    const large: MobilenetSpace = {
      grammar: 'mobilenet',
      name: 'mobilenet-v3-large',
      input: { h: 224, w: 224, c: 3 },
      classes: 1000,
      batchNorm: { decay: 0.99, epsilon: 1e-3 },
      stem: { filters: 16, kernel: 3, stride: 2, activation: 'h-swish' },
      blocks,
      head: { filters: 960, hidden: 1280, activation: 'h-swish', dropout: 0.2 },
    };
    expect(spaceSize(large).distinct).toBe(1n);
    const { params, macs, seMacs } = countNetwork(childNetwork(large, []));
    expect({ params, macs, seMacs }).toEqual({ params: 5_483_032, macs: 216_589_760, seMacs: 1_507_200 });
    expect(childNetwork(large, []).layers.map(({ op, output }) => [op, output])).toEqual(
      mobilenetV3Large().layers.map(({ op, output }) => [op, output]),
    );
  });
});
