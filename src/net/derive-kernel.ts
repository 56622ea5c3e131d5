import type { Tensor } from './network.ts';

/**
 * One step of a `DerivedKernel`: the middle of a square kernel [from, from, c, 1], as vectors of its side² taps, times a
 * matrix [taps in, taps out], in single precision (Cai et al. 2020 §3).
 *
 * @param side of the kernel that is made, smaller than `from` by an even number
 */
export function deriveKernel({ shape, data }: Tensor, side: number, matrix: Tensor): Tensor {
  const [from = 0, , channels = 0] = shape;
  const taps = side ** 2;
  const border = (from - side) / 2;
  const made = new Float32Array(taps * channels);
  for (let i = 0; i < taps; i++) {
    const tap = ((border + Math.floor(i / side)) * from + border + (i % side)) * channels;
    for (let j = 0; j < taps; j++) {
      const factor = matrix.data[i * taps + j]!;
      for (let c = 0; c < channels; c++) made[j * channels + c]! += Math.fround(data[tap + c]! * factor);
    }
  }
  return { shape: [side, side, channels, 1], data: made };
}
