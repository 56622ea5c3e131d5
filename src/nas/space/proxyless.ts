import type { Shape } from '../../net/network.ts';
import type { MobilenetSpace, SpaceBlock } from './layout.ts';

export interface ProxylessSpaceOptions {
  /**
   * Channels of the stem, the separable convolution, the five stacks, the last block and the head;
   * default 32, 16, 32, 40, 80, 96, 192, 320, 1280 (ProxylessNAS-Mobile).
   */
  readonly filters?: readonly number[];
  /** Kernels of the first block, which has no expansion; default 3, TuNAS 3, 5, 7. */
  readonly firstKernels?: readonly number[];
  /** Default 224x224x3. */
  readonly input?: Shape;
  /** Default 1000. */
  readonly classes?: number;
}

const STRIDES = [2, 2, 2, 1, 2];
const LAYERS = 4;

/**
 * The space of ProxylessNAS (Cai et al. 2019): five stacks of four inverted bottlenecks with kernel {3, 5, 7} and
 * expansion {3, 6}, of which all but the first of a stack may be left out, and one more; ReLU6, no
 * squeeze-and-excitation. Blocks are called `s<stack>l<layer>`.
 */
export function proxylessSpace(options: ProxylessSpaceOptions = {}): MobilenetSpace {
  const { filters = [32, 16, 32, 40, 80, 96, 192, 320, 1280], firstKernels = [3] } = options;
  if (filters.length !== 9) throw new Error(`internal error: expected 9 filters, got ${filters.length}`);
  const block = (id: string, output: number, what: Partial<SpaceBlock>): SpaceBlock => ({
    id,
    output,
    stride: 1,
    activation: 'relu6',
    kernel: [3, 5, 7],
    expansion: [3, 6],
    squeezeExcite: [false],
    identity: false,
    ...what,
  });
  const stacks = STRIDES.flatMap((first, stack) =>
    Array.from({ length: LAYERS }, (_, layer) =>
      block(`s${stack + 2}l${layer}`, filters[stack + 2]!, {
        stride: layer === 0 ? first : 1,
        identity: layer > 0,
      }),
    ),
  );
  return {
    grammar: 'mobilenet',
    name: 'proxyless',
    input: options.input ?? { h: 224, w: 224, c: 3 },
    classes: options.classes ?? 1000,
    batchNorm: { decay: 0.99, epsilon: 1e-3 },
    stem: { filters: filters[0]!, kernel: 3, stride: 2, activation: 'relu6' },
    blocks: [
      block('s1l0', filters[1]!, { kernel: [...firstKernels], expansion: [1] }),
      ...stacks,
      block('s7l0', filters[7]!, {}),
    ],
    head: { filters: filters[8]!, hidden: 0, activation: 'relu6', dropout: 0.2 },
  };
}
