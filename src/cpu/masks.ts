import { dropoutMask } from '../net/dropout.ts';
import type { Arena } from './arena.ts';
import type { Plan } from './plan/plan.ts';
import type { MaskPlace } from './plan/rows.ts';

/** Draws the masks of dropout and drop-path; those of one step may be drawn before it. */
export class Masks {
  readonly #arena: Arena;
  #ready: { readonly of: string; readonly plan: Plan; readonly masks: readonly Float32Array[] } | undefined;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** Draws what `write` of the same plan, seed and share of drop-path rates will put into the arena. */
  prepare(plan: Plan, seed: number, dropPath: number): void {
    const masks = plan.masks.map((place) => draw(place, seed, dropPath));
    this.#ready = { of: `${seed} ${dropPath}`, plan, masks };
  }

  /** Puts the masks of a plan where its kernels read them. */
  write(plan: Plan, seed: number, dropPath: number): void {
    const ready =
      this.#ready?.plan === plan && this.#ready.of === `${seed} ${dropPath}` ? this.#ready.masks : undefined;
    this.#ready = undefined;
    for (const [k, place] of plan.masks.entries()) {
      const { op, data, rows, channels, stride } = place;
      const mask = ready?.[k] ?? draw(place, seed, dropPath);
      const to = this.#arena.floats(data, rows * stride);
      for (let r = 0; r < rows; r++) {
        if (op === 'dropout') to.set(mask.subarray(r * channels, (r + 1) * channels), r * stride);
        else to.fill(mask[r]!, r * stride, (r + 1) * stride);
      }
    }
  }
}

/** [rows, channels] of dropout, [rows] of drop-path. */
const draw = ({ id, op, rate, rows, channels }: MaskPlace, seed: number, dropPath: number): Float32Array =>
  op === 'dropout'
    ? dropoutMask(seed, id, rows * channels, rate)
    : dropoutMask(seed, id, rows, rate * dropPath);
