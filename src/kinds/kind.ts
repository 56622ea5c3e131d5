import type { Json } from '../base/canonical.ts';
import type { Result } from '../base/result.ts';
import type { Kind } from '../stage/contract.ts';

/** Files of an artifact: relative path with `/` → bytes. */
export type Tree = ReadonlyMap<string, Uint8Array>;

/** Headline facts for one line: short names and values, the one that matters first. */
export type Facts = { readonly [name: string]: string | number };

/** What a number counts, for those who print it: a `share` is 0…1, `nats` are of information. */
export type Unit = 'share' | 'ms' | 'nats' | 'params' | 'macs';

/** One thing in which two artifacts differ. */
export interface Change {
  /** What differs: `b2.kernel`, `accuracy`, `weights`. */
  readonly what: string;
  /** Value in the first artifact; absent where only the second has one. */
  readonly from?: string | number;
  /** Value in the second artifact; absent where only the first has one. */
  readonly to?: string | number;
  /** `to - from`, of numbers. */
  readonly delta?: number;
  readonly unit?: Unit;
  /** What a person should know about the difference: `within noise (± 0.6 %)`. */
  readonly note?: string;
}

/** A part of an artifact that is all that matters to some stage types. */
export interface Essence<T> {
  /** Raised when `canonical` of an unchanged value changes. */
  readonly version: number;
  /** What it is, to end a sentence: `its encoding and its space`. */
  readonly description: string;
  /** The value without the rest: what a stage sees that asks for no more. */
  of(value: T): unknown;
  /** All of that part, in a form that has a digest. */
  canonical(value: T): Json;
}

/**
 * Everything the project knows about one kind of artifact. All functions are pure; the same value has the same tree,
 * byte for byte.
 */
export interface ArtifactKind<T> {
  readonly kind: Kind;
  /** Raised when the tree of an unchanged value changes; part of the content digest. */
  readonly version: number;
  /** What such an artifact is, in one sentence. */
  readonly description: string;
  /**
   * Checks a value that a stage returned: schema, shapes, counts. Fails with `invalid-value` or `inconsistent-value`,
   * each message naming the place.
   */
  check(value: unknown): Result<T>;
  /** The files of a checked value. */
  save(value: T): Tree;
  /**
   * Reads what `save` wrote. Fails with `missing-file`, `unexpected-file`, `malformed-file`, or as `check` does; never
   * throws, whatever the bytes.
   */
  load(tree: Tree): Result<T>;
  /** Parts that are all that matters to some stage types, by name. */
  readonly essences?: { readonly [name: string]: Essence<T> };
  describe(value: T): Facts;
  /** What programs are given besides (`show --json`), where facts do not say it. */
  details?(value: T): Json;
  /** The artifact as text for people: lines of at most 100 columns, no colours, no newline at the end. */
  render(value: T): string;
  /** Where `b` differs from `a`; empty when they are the same. */
  diff(a: T, b: T): readonly Change[];
  /** Only of lists: the elements, in order. Fails with `no-list` when this value is none. */
  items?(value: T): Result<readonly Item<T>[]>;
}

/** One element of a list. */
export interface Item<T> {
  /** The element as a list of its own kind, or as a value of it: what a stage that runs for it takes. */
  readonly value: T;
  /** Elements of equal keys count once. */
  readonly key: string;
  /** Where figures that rank it are found. */
  readonly figures: Json;
}
