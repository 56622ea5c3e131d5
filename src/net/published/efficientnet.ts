import { convBnAct, head, mbconv, squeezeUnits } from '../blocks.ts';
import { NetworkBuilder } from '../builder.ts';
import type { Network } from '../network.ts';
import { makeDivisible } from '../shape.ts';
import type { PublishedOptions } from './options.ts';
import { publishedDefaults } from './options.ts';

/** Expansion, kernel, stride of the first, output channels, repeats (paper table 1). */
const STACKS = [
  [1, 3, 1, 16, 1],
  [6, 3, 2, 24, 2],
  [6, 5, 2, 40, 2],
  [6, 3, 2, 80, 3],
  [6, 5, 1, 112, 3],
  [6, 5, 2, 192, 4],
  [6, 3, 1, 320, 1],
] as const;

/**
 * EfficientNet-B0 (Tan and Le 2019). Squeezes every block to a quarter of its *input* channels. `depth` multiplies
 * the repeats (compound scaling, §3.3); default 1.
 */
export function efficientnetB0(options: PublishedOptions & { readonly depth?: number } = {}): Network {
  const { width, input, classes, batchNorm } = publishedDefaults(options);
  const activation = 'swish';
  const builder = new NetworkBuilder(input);
  let x = convBnAct(builder, 'stem', builder.input, {
    filters: makeDivisible(32 * width),
    kernel: 3,
    stride: 2,
    activation,
    batchNorm,
  });
  let index = 0;
  for (const [expansion, kernel, stride, output, repeats] of STACKS) {
    for (let layer = 0; layer < Math.ceil(repeats * (options.depth ?? 1)); layer++) {
      index += 1;
      x = mbconv(builder, `b${index}`, x, {
        expanded: makeDivisible(x.shape.c * expansion),
        output: makeDivisible(output * width),
        kernel,
        stride: layer === 0 ? stride : 1,
        activation,
        squeezeExcite: { squeeze: squeezeUnits('input', x.shape.c), gate: 'sigmoid' },
        batchNorm,
      });
    }
  }
  const filters = 4 * x.shape.c;
  return builder.finish(
    head(builder, x, { filters, hidden: 0, activation, dropout: 0.2, classes, batchNorm }),
  );
}
