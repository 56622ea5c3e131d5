import type { ActivationName, Shape } from '../../net/network.ts';
import { makeDivisible, strided } from '../../net/shape.ts';
import type { MobilenetSpace, SpaceBlock } from './layout.ts';

export interface MobilenetV3SpaceOptions {
  /** Shape of one image. */
  readonly input: Shape;
  readonly classes: number;
  /** Multiplier of all channels; default 1. */
  readonly width?: number;
  /** Stride of the stem; default 1 for images of up to 64 pixels a side, else 2. */
  readonly stemStride?: number;
  /** Kernel sides to choose from; default 3, 5, 7. */
  readonly kernels?: readonly number[];
  /** Expansion ratios to choose from; default 3, 4, 6. */
  readonly expansions?: readonly number[];
  /** Default: off or on in every block. */
  readonly squeezeExcite?: readonly boolean[];
  /** Whether blocks may be left out where shapes allow; default true. */
  readonly identity?: boolean;
  /** Rate before the classifier; default 0.1. */
  readonly dropout?: number;
  /** Default: decay 0.9, for runs of a few thousand steps; epsilon 1e-3. */
  readonly batchNorm?: { readonly decay: number; readonly epsilon: number };
}

/** Images with a side above this many pixels are halved by the stem. */
const LARGE_SIDE = 64;

/** No block reduces the image below this side: depthwise kernels of 7 need something to see. */
const SMALLEST_SIDE = 7;

/** Channels at width 1, whether the block may halve the image, and its activation. */
const BLOCKS: readonly (readonly [channels: number, halves: boolean, activation: ActivationName])[] = [
  [32, false, 'relu'],
  [48, true, 'relu'],
  [48, false, 'relu'],
  [80, true, 'h-swish'],
  [80, false, 'h-swish'],
  [112, true, 'h-swish'],
  [112, false, 'h-swish'],
  [160, true, 'h-swish'],
];

/** Channels at width 1 of the stem and of the last 1x1 convolution. */
const STEM = 32;
const HEAD = 480;

/**
 * The space `mobilenet-v3`: eight inverted bottlenecks as in MobileNetV3 (ReLU first, h-swish after), each choosing
 * kernel, expansion and squeeze-and-excitation of its own, and identity where its shape allows: MNAS's factorised
 * hierarchy with blocks of one layer. Blocks halve the image in turn as long as it keeps 7 pixels, so images of
 * 28 or 32 pixels end at 7 or 8; images above 64 pixels are halved by the stem, too.
 */
export function mobilenetV3Space(options: MobilenetV3SpaceOptions): MobilenetSpace {
  const { input, classes, width = 1, identity = true, dropout = 0.1 } = options;
  const { kernels = [3, 5, 7], expansions = [3, 4, 6], squeezeExcite = [false, true] } = options;
  const scale = (channels: number): number => makeDivisible(channels * width);
  const { stemStride = Math.max(input.h, input.w) > LARGE_SIDE ? 2 : 1 } = options;
  let side = strided(Math.min(input.h, input.w), stemStride);
  let channels = scale(STEM);
  const blocks = BLOCKS.map(([base, halves, activation], index): SpaceBlock => {
    const stride = halves && strided(side, 2) >= SMALLEST_SIDE ? 2 : 1;
    const output = scale(base);
    const block: SpaceBlock = {
      id: `b${index + 1}`,
      output,
      stride,
      activation,
      kernel: [...kernels],
      expansion: [...expansions],
      squeezeExcite: [...squeezeExcite],
      identity: identity && stride === 1 && output === channels,
    };
    side = strided(side, stride);
    channels = output;
    return block;
  });
  return {
    grammar: 'mobilenet',
    name: 'mobilenet-v3',
    input,
    classes,
    batchNorm: options.batchNorm ?? { decay: 0.9, epsilon: 1e-3 },
    stem: { filters: scale(STEM), kernel: 3, stride: stemStride, activation: 'h-swish' },
    blocks,
    head: { filters: scale(HEAD), hidden: 0, activation: 'h-swish', dropout },
  };
}
