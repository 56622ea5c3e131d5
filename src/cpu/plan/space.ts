/** Bytes between the starts of buffers are multiples of this: one cache line. */
export const ALIGNMENT = 64;

/**
 * Best-fit allocation of a plan's buffers, by reference count. Offsets are absolute; a buffer whose last holder lets
 * go is given to later ops of the same plan, which is sound because threads meet after each op.
 */
export class Space {
  readonly #base: number;
  readonly #guard: number;
  readonly #sizes = new Map<number, number>();
  readonly #holders = new Map<number, number>();
  readonly #made: (readonly [number, number])[] = [];
  #gaps: { at: number; size: number }[] = [];
  #top: number;

  /** `guard`: bytes left unused behind each buffer, none of which is then used twice: a test looks at them. */
  constructor(base: number, guard = 0) {
    this.#base = base;
    this.#guard = guard;
    this.#top = base;
  }

  /** Bytes used at the highest moment. */
  get bytes(): number {
    return this.#top - this.#base;
  }

  /** Every buffer ever made, as [start, end) of its own bytes. */
  get made(): readonly (readonly [number, number])[] {
    return this.#made;
  }

  /** A buffer of `count` floats with one holder. */
  floats(count: number): number {
    const size = Math.ceil((count * 4 + this.#guard) / ALIGNMENT) * ALIGNMENT;
    const at = this.#take(size);
    if (this.#guard > 0) this.#made.push([at, at + count * 4]);
    this.#sizes.set(at, size);
    this.#holders.set(at, 1);
    return at;
  }

  /** Gives back what lies behind the first `count` floats of a buffer. */
  shrink(at: number, count: number): void {
    const size = this.#sizes.get(at)!;
    const left = Math.ceil((count * 4) / ALIGNMENT) * ALIGNMENT;
    if (this.#guard > 0 || left >= size) return;
    this.#sizes.set(at, left);
    this.#free(at + left, size - left);
  }

  hold(at: number): number {
    this.#holders.set(at, this.#count(at) + 1);
    return at;
  }

  /** Whether a buffer has one holder only, who may then write over it. */
  isSole(at: number): boolean {
    return this.#count(at) === 1;
  }

  release(at: number): void {
    const left = this.#count(at) - 1;
    this.#holders.set(at, left);
    if (left > 0) return;
    const size = this.#sizes.get(at)!;
    this.#sizes.delete(at);
    this.#holders.delete(at);
    if (this.#guard === 0) this.#free(at, size);
  }

  /** The smallest gap that is large enough, else the top, with the gap below it if there is one. */
  #take(size: number): number {
    let best = -1;
    for (const [i, gap] of this.#gaps.entries()) {
      if (gap.size >= size && (best < 0 || gap.size < this.#gaps[best]!.size)) best = i;
    }
    const last = this.#gaps.length - 1;
    if (best < 0 && last >= 0 && this.#gaps[last]!.at + this.#gaps[last]!.size === this.#top) best = last;
    if (best < 0) {
      this.#top += size;
      return this.#top - size;
    }
    const gap = this.#gaps[best]!;
    const at = gap.at;
    this.#top = Math.max(this.#top, at + size);
    gap.at += size;
    gap.size -= size;
    if (gap.size <= 0) this.#gaps.splice(best, 1);
    return at;
  }

  #free(at: number, size: number): void {
    const next = this.#gaps.findIndex((gap) => gap.at > at);
    const index = next < 0 ? this.#gaps.length : next;
    this.#gaps.splice(index, 0, { at, size });
    this.#merge(index);
    if (index > 0) this.#merge(index - 1);
  }

  #merge(index: number): void {
    const gap = this.#gaps[index]!;
    const after = this.#gaps[index + 1];
    if (after === undefined || gap.at + gap.size !== after.at) return;
    gap.size += after.size;
    this.#gaps.splice(index + 1, 1);
  }

  #count(at: number): number {
    const count = this.#holders.get(at);
    if (count === undefined) throw new Error(`internal error: expected a live buffer, got offset ${at}`);
    return count;
  }
}
