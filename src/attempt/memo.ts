import { canonicalJson, type Json } from '../base/canonical.ts';
import type { Clock } from '../base/clock.ts';
import { digestValue } from '../base/digest.ts';
import type { RecordedNumerics } from '../schema/generated/checkpoint.ts';
import type { MemoUse } from '../schema/generated/record.ts';
import type { StageContext } from '../stage/contract.ts';
import type { Cache } from '../store/index.ts';

/** What an attempt remembers of earlier ones, and leaves to later ones. */
export interface Memo {
  readonly remember: StageContext['remember'];
  /** What became of the questions so far; absent when there were none. */
  readonly use: () => MemoUse | undefined;
  /** Resolves when everything new is kept. */
  readonly kept: () => Promise<void>;
}

export interface MemoParts {
  readonly cache: Cache;
  /** Digest of the code that the values depend on; absent: nothing is remembered. */
  readonly code: string | undefined;
  readonly numerics: RecordedNumerics | undefined;
  /** Compute everything anew, and say so when a remembered value differs. */
  readonly fresh: boolean;
  readonly clock: Clock;
  readonly note: (sentence: string) => void;
}

/** Throws at a value that cannot be kept as JSON. */
function assertJson(value: unknown): void {
  try {
    canonicalJson(value);
  } catch (error) {
    throw new Error(`remember: what is remembered must be JSON: ${(error as Error).message}`);
  }
}

interface Entry {
  /** Digest of the whole key. */
  readonly key: string;
  readonly value: unknown;
  /** Milliseconds that it took. */
  readonly ms: number;
}

/**
 * Values of pure functions, kept in the store under all that decides them: the key, the code, the arithmetic. A damaged
 * entry is as if it were not there, and one that cannot be written is no failure.
 */
export function createMemo({ cache, code, numerics, fresh, clock, note }: MemoParts): Memo {
  let asked = false;
  let [hits, misses, savedMs] = [0, 0, 0];
  let writing: Promise<void> = Promise.resolve();
  return {
    async remember<T>(wanted: Json, compute: () => Promise<T>): Promise<T> {
      if (code === undefined) return compute();
      asked = true;
      const key = digestValue('naspipe/memo', { code, numerics: numerics ?? null, wanted });
      const file = `memo/${key.slice(0, 2)}/${key}.json`;
      const found = await cache.find<Entry>(file);
      const known = found?.key === key ? found : undefined;
      if (known !== undefined && !fresh) {
        hits++;
        savedMs += known.ms;
        return known.value as T;
      }
      const started = clock.elapsed();
      const value = await compute();
      assertJson(value);
      misses++;
      if (known !== undefined && JSON.stringify(known.value) !== JSON.stringify(value)) {
        note(
          `a remembered value differs from the one computed now, which takes its place: memo ${key.slice(0, 12)}`,
        );
      }
      const entry: Entry = { key, value, ms: clock.elapsed() - started };
      writing = writing.then(() => cache.keep(file, entry));
      return value;
    },
    use: () => (asked ? { hits, misses, savedMs } : undefined),
    kept: () => writing,
  };
}
