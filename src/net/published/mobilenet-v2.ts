import { convBnAct, head, mbconv } from '../blocks.ts';
import { NetworkBuilder } from '../builder.ts';
import type { Network } from '../network.ts';
import { makeDivisible } from '../shape.ts';
import type { PublishedOptions } from './options.ts';
import { publishedDefaults } from './options.ts';

/** Expansion, output channels, repeats, stride of the first (paper §3, table 2). */
const STACKS = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** MobileNetV2 (Sandler et al. 2018). The head is widened only where `width` exceeds 1. */
export function mobilenetV2(options: PublishedOptions = {}): Network {
  const { width, input, classes, batchNorm } = publishedDefaults(options);
  const activation = 'relu6';
  const builder = new NetworkBuilder(input);
  let x = convBnAct(builder, 'stem', builder.input, {
    filters: makeDivisible(32 * width),
    kernel: 3,
    stride: 2,
    activation,
    batchNorm,
  });
  let index = 0;
  for (const [expansion, channels, repeats, first] of STACKS) {
    for (let layer = 0; layer < repeats; layer++) {
      index += 1;
      x = mbconv(builder, `b${index}`, x, {
        expanded: x.shape.c * expansion,
        output: makeDivisible(channels * width),
        kernel: 3,
        stride: layer === 0 ? first : 1,
        activation,
        batchNorm,
      });
    }
  }
  const filters = makeDivisible(1280 * Math.max(1, width));
  return builder.finish(
    head(builder, x, { filters, hidden: 0, activation, dropout: 0.2, classes, batchNorm }),
  );
}
