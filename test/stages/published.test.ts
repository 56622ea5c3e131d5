import { expect, test } from 'vitest';
import { childNetwork, publishedArchitectures } from '../../src/nas/index.ts';
import { countNetwork } from '../../src/net/index.ts';
import type { Architecture, SearchSpace } from '../../src/stage/index.ts';
import { failureOf, runStage, stageSchema } from './harness.ts';
import { train } from './tiny.ts';

const digest = 'a'.repeat(64);

/** Side of the images, channels 3; classes; the published counts (torchvision, repository logs, or an independent count). */
const published: readonly (readonly [string, side: number, classes: number, params: number, macs: number])[] =
  [
    ['mobilenet-v2', 224, 1000, 3_504_872, 300_774_272],
    ['proxyless-mobile', 224, 1000, 4_080_512, 320_427_584],
    ['proxyless-mobile-14', 224, 1000, 6_857_568, 580_883_408],
    ['proxyless-cpu', 224, 1000, 4_361_648, 439_243_864],
    ['proxyless-gpu', 224, 1000, 7_119_848, 465_260_160],
    ['mnasnet-a1', 224, 1000, 3_887_038, 311_579_072],
    ['mnasnet-b1', 224, 1000, 4_383_312, 314_415_872],
    ['mnasnet-small', 224, 1000, 2_030_264, 68_339_184],
    ['efficientnet-b0', 224, 1000, 5_288_548, 385_814_752],
    ['mobilenet-v3-large', 224, 1000, 5_483_032, 216_589_760],
    ['mobilenet-v3-small', 224, 1000, 2_542_856, 56_510_400],
    ['mobilenet-v4-conv-small', 224, 1000, 3_774_024, 186_005_568],
    ['ofa-note10-25ms', 192, 1000, 7_711_880, 264_008_640],
    ['enas-macro-found', 32, 10, 42_559_392, 5_646_094_080],
    ['enas-micro-found', 32, 10, 3_894_372, 620_907_552],
  ];

const spaceFor = async (params: object, side: number, classes: number): Promise<SearchSpace> => {
  const names = Array.from({ length: classes }, (_, i) => `c${i}`);
  const info = { ...train.info, height: side, width: side, channels: 3, classes: names };
  const { outputs } = await runStage('search-space', {
    params: params as never,
    inputs: { train: { ...train, info } },
  });
  return outputs!.space as SearchSpace;
};

test.each(published)(
  '%s is reached by name, with its exact counts',
  async (name, side, classes, params, macs) => {
    const space = await spaceFor({ published: name }, side, classes);
    const { outputs } = await runStage('architecture', {
      params: { published: name },
      inputs: { space },
      inputDigests: { space: digest },
    });
    const { encoding, costs } = outputs!.architecture as Architecture;
    expect(costs).toEqual({ params, macs });
    expect(countNetwork(childNetwork(space, encoding))).toMatchObject({ params, macs });
  },
);

test('both stage types know all of them, and none besides', async () => {
  const names = Object.keys(publishedArchitectures);
  expect(published.map(([name]) => name)).toEqual(names);
  for (const type of ['search-space', 'architecture']) {
    const { properties } = (await stageSchema(type)) as { properties: { published: { enum: string[] } } };
    expect(properties.published.enum).toEqual([...names, null]);
  }
});

test('for other images and classes they are as published but for the last layer', async () => {
  const space = await spaceFor({ published: 'mobilenet-v2' }, 28, 10);
  const inputs = { space, inputDigests: { space: digest } };
  const { outputs } = await runStage('architecture', {
    params: { published: 'mobilenet-v2' },
    inputs,
    inputDigests: inputs.inputDigests,
  });
  const { costs } = outputs!.architecture as Architecture;
  expect(costs.params).toBe(3_504_872 - 1_281 * 990);
});

test('a space that a published network does not lie in is refused', async () => {
  const space = await spaceFor({ space: 'tunas-proxyless' }, 224, 1000);
  const setup = { params: { published: 'mobilenet-v2' }, inputs: { space }, inputDigests: { space: digest } };
  expect(await failureOf('architecture', setup)).toEqual({
    code: 'not-in-space',
    message:
      'mobilenet-v2 does not lie in the space that is wired (tunas-proxyless), but in the one that search-space makes with "published": "mobilenet-v2"',
  });
});
