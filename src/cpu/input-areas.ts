import type { Arena } from './arena.ts';
import { ALIGNMENT } from './plan/space.ts';

interface Area {
  readonly images: Float32Array;
  readonly at: number;
}

/** Two parts of the arena for the images of batches: while kernels read one, the next batch is assembled in the other. */
export class InputAreas {
  readonly #arena: Arena;
  /** Floats that kernels may read behind the images. */
  readonly #margin: number;
  /** Blocks of the arena, each of two areas; the last one is in use. */
  readonly #blocks: number[] = [];
  /** Floats of an area. */
  #floats = 0;
  /** The areas given last, the latest first. */
  #given: readonly Area[] = [];
  #turn = 0;

  constructor(arena: Arena, margin: number) {
    this.#arena = arena;
    this.#margin = margin;
  }

  /** The area that was not given last, for so many floats; undefined where it would have to be made during a run. */
  next(floats: number): Float32Array | undefined {
    const needed = Math.ceil(((floats + this.#margin) * 4) / ALIGNMENT) * (ALIGNMENT / 4);
    if (needed > this.#floats) {
      if (this.#arena.busy) return undefined;
      this.#blocks.push(this.#arena.take(2 * needed));
      this.#floats = needed;
    }
    this.#turn = 1 - this.#turn;
    const at = this.#blocks.at(-1)! + this.#turn * this.#floats * 4;
    const images = this.#arena.floats(at, floats);
    this.#given = [{ images, at }, ...this.#given.slice(0, 1)];
    return images;
  }

  /** Address of images that were assembled in an area; 0: they are elsewhere. */
  holding(images: Float32Array): number {
    return this.#given.find((area) => area.images === images)?.at ?? 0;
  }

  close(): void {
    for (const at of this.#blocks) this.#arena.give(at);
    this.#blocks.length = 0;
    this.#given = [];
    this.#floats = 0;
  }
}
