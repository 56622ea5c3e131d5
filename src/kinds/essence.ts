import type { Json } from '../base/canonical.ts';
import { type Digest, digestValue } from '../base/digest.ts';
import type { ArtifactKind } from './kind.ts';

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

/** A part of a loaded artifact, with its digest. */
export interface Part {
  readonly value: unknown;
  readonly digest: Digest;
}

/** The part of a value that an essence of its kind names; nothing when the kind has no such essence. */
export function partOf(kind: ArtifactKind<never>, name: string, value: unknown): Part | undefined {
  if (!Object.hasOwn(kind.essences ?? {}, name)) return undefined;
  const { version, of, canonical }: Essence<unknown> = kind.essences![name]! as never;
  const digest = digestValue('naspipe/essence', {
    kind: kind.kind,
    essence: name,
    version,
    part: canonical(value),
  });
  return { value: of(value), digest };
}
