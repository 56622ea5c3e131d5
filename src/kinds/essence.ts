import { type Digest, digestValue } from '../base/digest.ts';
import type { ArtifactKind, Essence } from './kind.ts';

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
