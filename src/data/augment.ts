import { philox, type Rng } from '../base/rng.ts';

/** Random changes of training images. */
export interface Augmentation {
  /** Pixels of zero padding on each side before a crop to the old size at a random place; 0: none. */
  readonly pad: number;
  /** Mirror left and right, for half of the images. */
  readonly flip: boolean;
  /**
   * Side in pixels of a square set to zero around a random pixel, cut off at the edges (DeVries & Taylor 2017, §3.2);
   * 0: none.
   */
  readonly cutout: number;
}

/** What happens to one image. Reused from draw to draw. */
export interface AugmentationDraw {
  /** Rows and columns by which the image moves up and left, -pad…pad. */
  dy: number;
  dx: number;
  flip: boolean;
  /** Centre of the square that is cut out. */
  y: number;
  x: number;
}

/**
 * Draws by image index. `rng` names the epoch; what happens to an image depends on it and on the image's index, never
 * on the batch or on draws before. The returned record is overwritten by the next call.
 */
export function augmentationDraws(
  { pad }: Augmentation,
  height: number,
  width: number,
  rng: Rng,
): (index: number) => Readonly<AugmentationDraw> {
  const keys = rng.fork('augmentation key');
  const key0 = keys.bits();
  const key1 = keys.bits();
  const words = new Uint32Array(4);
  const draw: AugmentationDraw = { dy: 0, dx: 0, flip: false, y: 0, x: 0 };
  return (index) => {
    philox(words, index, 0, 0, 0, key0, key1);
    draw.dy = below(words[0]!, 2 * pad + 1) - pad;
    draw.dx = below(words[1]!, 2 * pad + 1) - pad;
    draw.y = below(words[2]!, height);
    draw.x = below(words[3]!, width);
    philox(words, index, 1, 0, 0, key0, key1);
    draw.flip = words[0]! >= 2 ** 31;
    return draw;
  };
}

/** Uniform in 0…n-1 from 32 random bits; off by less than n / 2^32, which no training can notice. */
const below = (word: number, n: number): number => Math.floor((word * n) / 2 ** 32);
