/**
 * The words of a plan: what kernels/kernels.cpp interprets. Each function lists the fields of the record of the same
 * name there, in its order. Addresses are byte offsets into the arena; 0 means absent.
 */
import type { ActivationName, Windows } from '../../net/network.ts';
import { kernelSides, spanned, windowedShape } from '../../net/shape.ts';

/** Words of one op: its code, whether threads meet after it, and its record. */
export const OP_WORDS = 64;

/** Ops in the order of `Code` in kernels/kernels.cpp. */
const CODES = [
  'convolutionForward',
  'fewRowsForward',
  'convolutionBackward',
  'depthwiseForward',
  'depthwiseBackward',
  'depthwiseAnyForward',
  'depthwiseAnyBackward',
  'deriveKernel',
  'deriveKernelBackward',
  'momentsOfRows',
  'normFromBatch',
  'normFromMoving',
  'normGradient',
  'scaleFigures',
  'fixedGradient',
  'combine',
  'copyChannels',
  'subsampleForward',
  'subsampleBackward',
  'multiply',
  'imageSum',
  'dot',
  'unapply',
  'unfold',
  'poolForward',
  'poolBackward',
  'loss',
  'groupedForward',
  'groupedBackward',
  'gatherGradient',
  'mergeGradient',
  'clear',
  'squaredNorm',
  'clipScale',
  'update',
  'clampGradient',
  'scaleGradient',
  'updateRms',
  'adamFigures',
  'updateAdam',
  'average',
] as const;
export type OpName = (typeof CODES)[number];
const codeOf = new Map<string, number>(CODES.map((name, code) => [name, code]));

/** The number of an op. */
export function opCode(name: OpName): number {
  return codeOf.get(name)!;
}

/** Name of an op by its number. */
export function opName(code: number): OpName {
  return CODES[code]!;
}

/** Numbers in the order of `Activation` in kernels/activation.h. */
const ACTIVATIONS: Readonly<Record<ActivationName, number>> = {
  relu: 1,
  relu6: 2,
  'h-swish': 3,
  swish: 4,
  sigmoid: 5,
  'hard-sigmoid': 6,
  tanh: 7,
};
export const NO_ACTIVATION = 0;
export const activationCode = (name: ActivationName): number => ACTIVATIONS[name];

/** Lanes of a vector of the wasm build. Strides are multiples of the lanes of the build that runs the plan. */
export const WASM_LANES = 4;
/** Parts into which the kernels divide every op's work, whatever the thread count. */
export const CHUNKS = 8;
/** Rows of the figures of a batch normalisation, and which of them are read here. */
export const NORM_ROWS = 5;
export const NORM_MEAN = 0;
export const NORM_VARIANCE = 4;
/** Words before the moments of the first chunk. */
export const MOMENT_HEADER = 16;
/** Rows that a product works on at a time, and an op that only passes over rows. */
export const BLOCK_ROWS = 64;
export const PASS_ROWS = 64;
/** Channels that a depthwise convolution works on at a time. */
export const CHANNEL_BLOCK = 16;

/** A tensor as its readers see it: gate · activation(scale · data + shift). */
export interface View {
  readonly data: number;
  readonly norm: number;
  readonly gate: number;
  readonly activation: number;
  readonly channels: number;
  /** Floats from row to row. */
  readonly stride: number;
  /** Rows of the whole batch. */
  readonly rows: number;
  readonly rowsPerImage: number;
}

export const isPlain = (view: View): boolean => view.norm === 0 && view.gate === 0 && view.activation === 0;

/** Where a gradient is written, and what is done to it on the way. */
export interface Sink {
  readonly out: number;
  readonly add: number;
  readonly data: number;
  readonly norm: number;
  readonly activation: number;
  readonly stride: number;
  readonly sums: number;
}

/** A gradient: values, or values folded with the data per channel. */
export interface Gradient {
  readonly values: number;
  readonly data: number;
  readonly fold: number;
}

export interface Window {
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

const bits = new DataView(new ArrayBuffer(4));
/** The bits of a number as a single-precision float. */
export function floatBits(value: number): number {
  bits.setFloat32(0, value);
  return bits.getInt32(0);
}

export const sourceWords = (v: View): number[] => [
  v.data,
  v.norm,
  v.gate,
  v.activation,
  v.channels,
  v.stride,
  v.rowsPerImage,
];
export const noSource: readonly number[] = [0, 0, 0, 0, 0, 0, 1];
export const sinkWords = (s: Sink): number[] => [
  s.out,
  s.add,
  s.data,
  s.norm,
  s.activation,
  s.stride,
  s.sums,
];
export const gradientWords = (g: Gradient, stride: number): number[] => [g.values, g.data, g.fold, stride];
export const windowWords = (w: Window): number[] => [
  w.kernelHeight,
  w.kernelWidth,
  w.stride,
  w.dilation,
  w.padTop,
  w.padLeft,
  w.height,
  w.width,
  w.outHeight,
  w.outWidth,
];

/** The windows of a layer on an input of that size. With SAME padding, TensorFlow's, the odd pixel goes to the end. */
export function windowOf(windows: Windows, height: number, width: number): Window {
  const { kernel, stride, dilation = 1, padding } = windows;
  const { h, w } = kernelSides(kernel);
  const { h: outHeight, w: outWidth } = windowedShape({ h: height, w: width, c: 1 }, windows, 1);
  const before = (side: number, taps: number, out: number) =>
    padding === 'valid' ? 0 : Math.max(0, (out - 1) * stride + spanned(taps, dilation) - side) >> 1;
  return {
    kernelHeight: h,
    kernelWidth: w,
    stride,
    dilation,
    padTop: before(height, h, outHeight),
    padLeft: before(width, w, outWidth),
    height,
    width,
    outHeight,
    outWidth,
  };
}

export const tapsOf = (w: Window): number => w.kernelHeight * w.kernelWidth;
