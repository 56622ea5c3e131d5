import { createHash } from 'node:crypto';

/**
 * A counter-based generator (Philox 4x32-10, Salmon et al. 2011). Its whole state is a key and a counter, so
 * a stream is named, not carried: `root.fork('augment').fork(epoch).fork(index)` gives the same numbers whenever
 * and wherever it is asked, and a checkpoint needs only the cursor.
 */
export interface Rng {
  /** An independent generator named by a label; forking does not advance this one. */
  fork(label: string | number): Rng;
  /** 32 uniform bits as an unsigned integer. */
  bits(): number;
  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number;
  /** Uniform integer in [0, n), without modulo bias. `n` from 1 to 2^32. */
  integer(n: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Index drawn in proportion to non-negative weights that do not all vanish. */
  categorical(weights: ArrayLike<number>): number;
  /** A permutation of 0…n-1 (Fisher–Yates). */
  permutation(n: number): Uint32Array;
}

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit integers. */
function mulHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const mid = a1 * b0 + ((a0 * b0) >>> 16);
  const mid2 = a0 * b1 + (mid & 0xffff);
  return (a1 * b1 + Math.floor(mid / 65536) + (mid2 >>> 16)) >>> 0;
}

/** One Philox 4x32-10 block: four words of output for a 128-bit counter and a 64-bit key, written to `out`. */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  key0: number,
  key1: number,
): void {
  let [x0, x1, x2, x3, k0, k1] = [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0, key0 >>> 0, key1 >>> 0];
  for (let round = 0; round < 10; round++) {
    const h0 = mulHigh(M0, x0);
    const l0 = Math.imul(M0, x0) >>> 0;
    const h1 = mulHigh(M1, x2);
    const l1 = Math.imul(M1, x2) >>> 0;
    x0 = (h1 ^ x1 ^ k0) >>> 0;
    x1 = l1;
    x2 = (h0 ^ x3 ^ k1) >>> 0;
    x3 = l0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}

class Philox implements Rng {
  readonly #key0: number;
  readonly #key1: number;
  readonly #block = new Uint32Array(4);
  #counter = 0;
  #left = 0;

  constructor(key0: number, key1: number) {
    this.#key0 = key0;
    this.#key1 = key1;
  }

  fork(label: string | number): Rng {
    const own = new Uint8Array(8);
    new DataView(own.buffer).setUint32(0, this.#key0);
    new DataView(own.buffer).setUint32(4, this.#key1);
    return keyed(
      createHash('sha256')
        .update(own)
        .update(`${typeof label}:${label}`)
        .digest(),
    );
  }

  bits(): number {
    if (this.#left === 0) {
      const counter = this.#counter++;
      philox(this.#block, counter >>> 0, Math.floor(counter / 2 ** 32), 0, 0, this.#key0, this.#key1);
      this.#left = 4;
    }
    return this.#block[4 - this.#left--]!;
  }

  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  integer(n: number): number {
    if (!(n >= 1 && n <= 2 ** 32)) throw new Error(`internal error: expected n in 1…2^32, got ${n}`);
    const limit = 2 ** 32 - (2 ** 32 % n);
    let word = this.bits();
    while (word >= limit) word = this.bits();
    return word % n;
  }

  normal(): number {
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 1) / (2 ** 32 + 1)));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  categorical(weights: ArrayLike<number>): number {
    let total = 0;
    for (let i = 0; i < weights.length; i++) total += weights[i]!;
    if (!(total > 0)) throw new Error(`internal error: expected positive weights, got a sum of ${total}`);
    let rest = this.uniform() * total;
    let last = 0;
    for (let i = 0; i < weights.length; i++) {
      if (weights[i]! <= 0) continue;
      last = i;
      rest -= weights[i]!;
      if (rest < 0) return i;
    }
    return last;
  }

  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}

function keyed(hash: Buffer): Rng {
  return new Philox(hash.readUInt32BE(0), hash.readUInt32BE(4));
}

/** The root generator of a seed (a non-negative safe integer). */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new Error(`internal error: expected a non-negative safe integer seed, got ${seed}`);
  }
  return keyed(createHash('sha256').update(`naspipe rng seed ${seed}`).digest());
}
