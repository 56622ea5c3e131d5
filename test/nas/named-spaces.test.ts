import { describe, expect, test } from 'vitest';
import type { StacksSpace } from '../../src/nas/index.ts';
import {
  checkSpace,
  childNetwork,
  macsCost,
  mnasSpace,
  mobilenetV3LargeSpace,
  mobilenetV3SmallSpace,
  mobilenetV4Space,
  ofaMobilenetV3Space,
  paramsCost,
  publishedArchitectures,
  spaceSize,
  tunasMobilenetV3LikeSpace,
  tunasProxylessEnlargedSpace,
  tunasProxylessSpace,
} from '../../src/nas/index.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';

describe('published sizes: raw product, distinct networks', () => {
  test.each<[string, StacksSpace, string, string]>([
    ['tunas-proxyless', tunasProxylessSpace(), '2.16e+21', '6.65e+17'],
    ['tunas-proxyless-enlarged', tunasProxylessEnlargedSpace(), '1.39e+28', '4.29e+24'],
    ['tunas-mobilenet-v3-like', tunasMobilenetV3LikeSpace(), '8.48e+42', '2.60e+38'],
    ['ofa-mobilenet-v3', ofaMobilenetV3Space(), '2.95e+21', '2.18e+19'],
    ['mnas', mnasSpace(), '1.42e+19', '3.01e+17'],
    ['mobilenet-v4', mobilenetV4Space(), '2.11e+18', '2.11e+18'],
    ['mobilenet-v3-large', mobilenetV3LargeSpace(), '3.96e+16', '3.96e+16'],
    ['mobilenet-v3-small', mobilenetV3SmallSpace(), '4.40e+11', '4.40e+11'],
  ])('%s', (name, space, raw, distinct) => {
    expect(checkSpace(space)).toEqual({ ok: true, value: space });
    expect(space.name).toBe(name);
    const size = spaceSize(space);
    expect([Number(size.raw).toExponential(2), Number(size.distinct).toExponential(2)]).toEqual([
      raw,
      distinct,
    ]);
  });
});

describe('published networks are encodings, with their exact counts', () => {
  test.each<[keyof typeof publishedArchitectures, number, number]>([
    ['mobilenet-v2', 3_504_872, 300_774_272],
    ['proxyless-mobile', 4_080_512, 320_427_584],
    ['proxyless-mobile-14', 6_857_568, 580_883_408],
    ['proxyless-cpu', 4_361_648, 439_243_864],
    ['proxyless-gpu', 7_119_848, 465_260_160],
    ['mnasnet-a1', 3_887_038, 311_579_072],
    ['mnasnet-b1', 4_383_312, 314_415_872],
    ['mnasnet-small', 2_030_264, 68_339_184],
    ['efficientnet-b0', 5_288_548, 385_814_752],
    ['mobilenet-v3-large', 5_483_032, 216_589_760],
    ['mobilenet-v3-small', 2_542_856, 56_510_400],
    ['mobilenet-v4-conv-small', 3_774_024, 186_005_568],
    ['ofa-note10-25ms', 7_711_880, 264_008_640],
  ])('%s', (name, params, macs) => {
    const { space, encoding } = publishedArchitectures[name]();
    expect(checkSpace(space)).toEqual({ ok: true, value: space });
    const network = childNetwork(space, encoding);
    expect(checkNetwork(network).ok).toBe(true);
    expect(countNetwork(network)).toMatchObject({ params, macs });
    expect([paramsCost(space).cost(encoding), macsCost(space).cost(encoding)]).toEqual([params, macs]);
  });
});
