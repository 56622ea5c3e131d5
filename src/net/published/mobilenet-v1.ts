import { convBnAct } from '../blocks.ts';
import { NetworkBuilder } from '../builder.ts';
import type { Network } from '../network.ts';
import type { PublishedOptions } from './options.ts';
import { publishedDefaults } from './options.ts';

/** Output channels and stride of each depthwise-separable convolution (paper §3.2, table 1). */
const LAYERS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;

/** MobileNetV1 (Howard et al. 2017). Channels are truncated after scaling, as in the paper. */
export function mobilenetV1(options: PublishedOptions = {}): Network {
  const { width, input, classes, batchNorm } = publishedDefaults(options);
  const scale = (channels: number): number => Math.floor(channels * width);
  const builder = new NetworkBuilder(input);
  const activation = 'relu';
  let x = convBnAct(builder, 'stem', builder.input, {
    filters: scale(32),
    kernel: 3,
    stride: 2,
    activation,
    batchNorm,
  });
  for (const [index, [output, stride]] of LAYERS.entries()) {
    const id = `b${index + 1}`;
    x = builder.depthwise(`${id}.depthwise.conv`, x, { kernel: 3, stride });
    x = builder.batchNorm(`${id}.depthwise.bn`, x, batchNorm);
    x = builder.activation(`${id}.depthwise.act`, x, activation);
    x = convBnAct(builder, `${id}.pointwise`, x, {
      filters: scale(output),
      kernel: 1,
      activation,
      batchNorm,
    });
  }
  x = builder.globalPool('pool', x);
  return builder.finish(builder.dense('classifier', x, { units: classes }));
}
