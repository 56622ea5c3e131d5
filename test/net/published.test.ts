import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/net/index.ts';
import {
  checkNetwork,
  countNetwork,
  efficientnetB0,
  mnasnetA1,
  mnasnetB1,
  mobilenetV1,
  mobilenetV2,
  mobilenetV3Large,
  mobilenetV3Small,
  mobilenetV4ConvSmall,
} from '../../src/net/index.ts';

type Row = [name: string, network: Network, params: number, denseAndConv: number, squeezeExcite: number];

const square = (side: number) => ({ h: side, w: side, c: 3 });

describe('published networks have their published counts', () => {
  test.each<Row>([
    ['MobileNetV1 1.0', mobilenetV1(), 4_231_976, 568_740_352, 0],
    ['MobileNetV1 0.75', mobilenetV1({ width: 0.75 }), 2_585_560, 325_400_448, 0],
    ['MobileNetV1 0.5', mobilenetV1({ width: 0.5 }), 1_331_592, 149_497_088, 0],
    ['MobileNetV1 0.25', mobilenetV1({ width: 0.25 }), 470_072, 41_030_272, 0],
    ['MobileNetV2 1.0', mobilenetV2(), 3_504_872, 300_774_272, 0],
    ['MobileNetV2 0.35', mobilenetV2({ width: 0.35 }), 1_677_128, 59_285_808, 0],
    ['MobileNetV2 0.5', mobilenetV2({ width: 0.5 }), 1_968_680, 97_131_840, 0],
    ['MobileNetV2 0.75', mobilenetV2({ width: 0.75 }), 2_636_424, 209_069_792, 0],
    ['MobileNetV2 1.3', mobilenetV2({ width: 1.3 }), 5_386_792, 509_374_560, 0],
    ['MobileNetV2 1.4', mobilenetV2({ width: 1.4 }), 6_108_776, 582_195_824, 0],
    ['MobileNetV2 at 192', mobilenetV2({ input: square(192) }), 3_504_872, 221_316_608, 0],
    ['MobileNetV2 at 160', mobilenetV2({ input: square(160) }), 3_504_872, 154_083_200, 0],
    ['MobileNetV2 at 128', mobilenetV2({ input: square(128) }), 3_504_872, 99_074_048, 0],
    ['MobileNetV2 at 96', mobilenetV2({ input: square(96) }), 3_504_872, 56_289_152, 0],
    ['MobileNetV4-Conv-Small', mobilenetV4ConvSmall(), 3_774_024, 186_005_568, 0],
    ['MobileNetV3-Large 1.0', mobilenetV3Large(), 5_483_032, 215_082_560, 1_507_200],
    ['MobileNetV3-Large 0.75', mobilenetV3Large({ width: 0.75 }), 3_377_576, 139_172_248, 861_568],
    ['MobileNetV3-Large 1.25', mobilenetV3Large({ width: 1.25 }), 8_164_744, 341_091_976, 2_369_024],
    ['MobileNetV3-Small 1.0', mobilenetV3Small(), 2_542_856, 56_051_648, 458_752],
    ['MobileNetV3-Small 0.75', mobilenetV3Small({ width: 0.75 }), 1_653_920, 38_847_416, 268_160],
    ['MobileNetV3-Small 1.25', mobilenetV3Small({ width: 1.25 }), 3_644_912, 87_427_496, 728_448],
    ['MnasNet-A1', mnasnetA1(), 3_887_038, 311_325_344, 253_728],
    ['MnasNet-B1', mnasnetB1(), 4_383_312, 314_415_872, 0],
    ['MnasNet-B1 0.5', mnasnetB1({ width: 0.5 }), 2_218_512, 104_455_968, 0],
    ['MnasNet-B1 0.75', mnasnetB1({ width: 0.75 }), 3_170_208, 215_493_104, 0],
    ['MnasNet-B1 1.3', mnasnetB1({ width: 1.3 }), 6_282_256, 526_362_432, 0],
    ['EfficientNet-B0', efficientnetB0(), 5_288_548, 385_187_552, 627_200],
  ])('%s', (_, network, params, denseAndConv, squeezeExcite) => {
    const counted = countNetwork(network);
    expect({
      params: counted.params,
      denseAndConv: counted.macs - counted.seMacs,
      squeezeExcite: counted.seMacs,
    }).toEqual({ params, denseAndConv, squeezeExcite });
    expect(checkNetwork(network)).toEqual({ ok: true, value: network });
  });

  test.each([
    ['MobileNetV1', mobilenetV1(), 21_888],
    ['MobileNetV2', mobilenetV2(), 34_112],
    ['MobileNetV3-Large', mobilenetV3Large(), 24_400],
    ['MobileNetV3-Small', mobilenetV3Small(), 12_112],
    ['MnasNet-A1', mnasnetA1(), 33_488],
    ['MnasNet-B1', mnasnetB1(), 37_920],
    ['EfficientNet-B0', efficientnetB0(), 42_016],
  ])('%s: share of batch normalisation', (_, network, params) => {
    const ids = new Set(network.layers.filter(({ op }) => op === 'batch-norm').map(({ id }) => id));
    const own = countNetwork(network).layers.filter(({ id }) => ids.has(id));
    expect(own.reduce((sum, layer) => sum + layer.params, 0)).toBe(params);
  });
});
