import { convBnAct, head, mbconv, squeezeUnits } from '../blocks.ts';
import { NetworkBuilder } from '../builder.ts';
import type { Network } from '../network.ts';
import { makeDivisible } from '../shape.ts';
import type { PublishedOptions } from './options.ts';
import { publishedDefaults } from './options.ts';

/** One block of the factorised space: identical layers, of which the first may stride. */
interface Block {
  readonly repeats: number;
  readonly kernel: number;
  readonly stride: number;
  readonly expansion: number;
  readonly output: number;
  readonly squeezeExcite?: boolean;
}

const block = (
  repeats: number,
  kernel: number,
  stride: number,
  expansion: number,
  output: number,
  squeezeExcite = false,
): Block => ({ repeats, kernel, stride, expansion, output, squeezeExcite });

const A1 = [
  block(1, 3, 1, 1, 16),
  block(2, 3, 2, 6, 24),
  block(3, 5, 2, 3, 40, true),
  block(4, 3, 2, 6, 80),
  block(2, 3, 1, 6, 112, true),
  block(3, 5, 2, 6, 160, true),
  block(1, 3, 1, 6, 320),
];

const B1 = [
  block(1, 3, 1, 1, 16),
  block(3, 3, 2, 3, 24),
  block(3, 5, 2, 3, 40),
  block(3, 5, 2, 6, 80),
  block(2, 3, 1, 6, 96),
  block(4, 5, 2, 6, 192),
  block(1, 3, 1, 6, 320),
];

/** MnasNet-A1 (Tan et al. 2019, figure 7). Squeezes to a quarter of the block's *input* channels. */
export const mnasnetA1 = (options: PublishedOptions = {}): Network => build(A1, options);

/** MnasNet-B1, without squeeze-and-excitation. `width` scales the stem too, the head not. */
export const mnasnetB1 = (options: PublishedOptions = {}): Network => build(B1, options);

function build(blocks: readonly Block[], options: PublishedOptions): Network {
  const { width, input, classes, batchNorm } = publishedDefaults(options);
  const activation = 'relu';
  const builder = new NetworkBuilder(input);
  let x = convBnAct(builder, 'stem', builder.input, {
    filters: makeDivisible(32 * width),
    kernel: 3,
    stride: 2,
    activation,
    batchNorm,
  });
  let index = 0;
  for (const { repeats, kernel, stride, expansion, output, squeezeExcite = false } of blocks) {
    for (let layer = 0; layer < repeats; layer++) {
      index += 1;
      x = mbconv(builder, `b${index}`, x, {
        expanded: x.shape.c * expansion,
        output: makeDivisible(output * width),
        kernel,
        stride: layer === 0 ? stride : 1,
        activation,
        ...(squeezeExcite
          ? {
              squeezeExcite: { squeeze: squeezeUnits('input', x.shape.c), gate: 'sigmoid' as const },
            }
          : {}),
        batchNorm,
      });
    }
  }
  return builder.finish(
    head(builder, x, { filters: 1280, hidden: 0, activation, dropout: 0.2, classes, batchNorm }),
  );
}
