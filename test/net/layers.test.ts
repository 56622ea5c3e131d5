import { describe, expect, test } from 'vitest';
import type { Network } from '../../src/net/index.ts';
import {
  countNetwork,
  efficientnetB0,
  mnasnetA1,
  mobilenetV2,
  mobilenetV3Large,
  mobilenetV3Small,
} from '../../src/net/index.ts';

type Counts = readonly [params: number, macs: number, squeezeExcite?: number];

/** Sums layers by the block they belong to: `b3.expand.conv` belongs to `b3`. */
function byBlock(network: Network): [string, Counts][] {
  const counted = countNetwork(network);
  const blocks = new Map<string, [number, number, number]>();
  for (const [index, { id, params, macs }] of counted.layers.entries()) {
    const key = id.split('.')[0]!;
    const sums = blocks.get(key) ?? [0, 0, 0];
    const squeeze = network.layers[index]!.op === 'squeeze-excite';
    blocks.set(key, [sums[0] + params, sums[1] + (squeeze ? 0 : macs), sums[2] + (squeeze ? macs : 0)]);
  }
  return [...blocks].filter(([, [params]]) => params > 0);
}

const times = (count: number, counts: Counts): Counts[] => Array.from({ length: count }, () => counts);

const numbered = (rows: readonly Counts[]): [string, Counts][] =>
  rows.map((counts, index) => [`b${index + 1}`, counts]);

/** Absent squeeze-and-excitation counts are 0. */
const full = (rows: readonly [string, Counts][]) =>
  rows.map(([id, [params, macs, squeeze = 0]]) => [id, [params, macs, squeeze]]);

describe('per-layer counts at 224x224x3, 1000 classes', () => {
  test('MobileNetV2 1.0', () => {
    expect(byBlock(mobilenetV2())).toEqual(
      full([
        ['stem', [928, 10_838_016]],
        ...numbered([
          [896, 10_035_200],
          [5_136, 29_202_432],
          [8_832, 25_740_288],
          [10_000, 15_466_752],
          ...times(2, [14_848, 10_988_544]),
          [21_056, 7_564_032],
          ...times(3, [54_272, 10_311_168]),
          [66_624, 12_719_616],
          ...times(2, [118_272, 22_692_096]),
          [155_264, 15_607_872],
          ...times(2, [320_000, 15_476_160]),
          [473_920, 23_002_560],
        ]),
        ['head', [412_160, 20_070_400]],
        ['classifier', [1_281_000, 1_280_000]],
      ]),
    );
  });

  test('MobileNetV3-Large', () => {
    expect(byBlock(mobilenetV3Large())).toEqual(
      full([
        ['stem', [464, 5_419_008]],
        ...numbered([
          [464, 5_017_600],
          [3_440, 19_468_288],
          [4_440, 12_870_144],
          [10_328, 9_088_128, 3_456],
          ...times(2, [20_992, 9_878_400, 7_680]),
          [32_080, 11_712_960],
          [34_760, 6_624_800],
          ...times(2, [31_992, 6_094_816]),
          [214_424, 18_910_080, 115_200],
          [386_120, 30_688_896, 225_792],
          [429_224, 20_843_424, 225_792],
          ...times(2, [797_360, 16_228_800, 460_800]),
        ]),
        ['head', [155_520, 7_526_400]],
        ['hidden', [1_230_080, 1_228_800]],
        ['classifier', [1_281_000, 1_280_000]],
      ]),
    );
  });

  test('MobileNetV3-Small', () => {
    expect(byBlock(mobilenetV3Small())).toEqual(
      full([
        ['stem', [464, 5_419_008]],
        ...numbered([
          [744, 1_254_400, 256],
          [3_864, 5_475_456],
          [5_416, 3_932_544],
          [13_736, 3_029_376, 4_608],
          ...times(2, [57_264, 4_939_200, 30_720]),
          [21_968, 2_657_760, 7_680],
          [29_800, 3_415_104, 11_520],
          [91_848, 4_417_056, 41_472],
          ...times(2, [294_096, 6_124_608, 165_888]),
        ]),
        ['head', [56_448, 2_709_504]],
        ['hidden', [590_848, 589_824]],
        ['classifier', [1_025_000, 1_024_000]],
      ]),
    );
  });

  test('MnasNet-A1', () => {
    expect(byBlock(mnasnetA1()).slice(2, -2)).toEqual(
      full(
        numbered([
          [896, 10_035_200],
          [5_136, 29_202_432],
          [8_832, 25_740_288],
          [7_718, 9_088_128, 864],
          ...times(2, [15_690, 9_878_400, 2_400]),
          [32_080, 11_712_960],
          ...times(3, [83_200, 15_899_520]),
          [118_324, 18_910_080, 19_200],
          [197_820, 30_688_896, 37_632],
          [240_924, 20_843_424, 37_632],
          ...times(2, [413_160, 16_228_800, 76_800]),
          [473_920, 23_002_560],
        ]).slice(1),
      ),
    );
  });

  test('EfficientNet-B0', () => {
    expect(byBlock(efficientnetB0()).slice(1, -2)).toEqual(
      full(
        numbered([
          [1_448, 10_035_200, 512],
          [6_004, 29_202_432, 768],
          [10_710, 25_740_288, 1_728],
          [15_350, 18_176_256, 1_728],
          [31_290, 19_756_800, 4_800],
          [37_130, 11_712_960, 4_800],
          ...times(2, [102_900, 15_899_520, 19_200]),
          [126_004, 20_415_360, 19_200],
          ...times(2, [208_572, 32_796_288, 37_632]),
          [262_492, 21_897_120, 37_632],
          ...times(3, [587_952, 23_087_232, 110_592]),
          [717_232, 29_409_408, 110_592],
        ]),
      ),
    );
  });
});
