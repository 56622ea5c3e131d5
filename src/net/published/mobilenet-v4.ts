import { convBnAct } from '../blocks.ts';
import { NetworkBuilder } from '../builder.ts';
import type { Network } from '../network.ts';
import { makeDivisible } from '../shape.ts';
import { universalBottleneck } from '../uib.ts';
import type { PublishedOptions } from './options.ts';
import { publishedDefaults } from './options.ts';

/** Depthwise kernels in front of and behind the expansion, stride, expansion, output channels. */
const BLOCKS = [
  [5, 5, 2, 3, 96],
  [0, 3, 1, 2, 96],
  [0, 3, 1, 2, 96],
  [0, 3, 1, 2, 96],
  [0, 3, 1, 2, 96],
  [3, 0, 1, 4, 96],
  [3, 3, 2, 6, 128],
  [5, 5, 1, 4, 128],
  [0, 5, 1, 4, 128],
  [0, 5, 1, 3, 128],
  [0, 3, 1, 4, 128],
  [0, 3, 1, 4, 128],
] as const;

/** MobileNetV4-Conv-Small (Qin et al. 2024, table 11), the head as in its release: 1x1 convolution behind the mean. */
export function mobilenetV4ConvSmall(options: PublishedOptions = {}): Network {
  const { width, input, classes, batchNorm } = publishedDefaults(options);
  const activation = 'relu';
  const builder = new NetworkBuilder(input);
  const scaled = (channels: number) => makeDivisible(channels * width);
  let x = builder.input;
  const conv = (id: string, filters: number, kernel: number, stride: number): void => {
    x = convBnAct(builder, id, x, { filters: scaled(filters), kernel, stride, activation, batchNorm });
  };
  conv('stem', 32, 3, 2);
  conv('c1', 32, 3, 2);
  conv('c2', 32, 1, 1);
  conv('c3', 96, 3, 2);
  conv('c4', 64, 1, 1);
  for (const [i, [start, middle, stride, expansion, output]] of BLOCKS.entries()) {
    x = universalBottleneck(builder, `b${i + 1}`, x, {
      start,
      middle,
      stride,
      expanded: makeDivisible(x.shape.c * expansion),
      output: scaled(output),
      activation,
      batchNorm,
    });
  }
  conv('head', 960, 1, 1);
  x = builder.globalPool('pool', x);
  conv('hidden', 1280, 1, 1);
  return builder.finish(
    builder.dense('classifier', x, { units: classes, init: { kind: 'normal', deviation: 0.01 } }),
  );
}
