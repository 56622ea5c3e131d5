import { createHash, hash } from 'node:crypto';
import { canonicalJson } from './canonical.ts';

/** Lower-case hexadecimal sha256 of bytes or of a canonical value (64 characters). */
export type Digest = string & { readonly __brand: 'Digest' };

/** Digest of everything that may affect a stage's outputs: the cache key. */
export type Fingerprint = Digest & { readonly __fingerprint: true };

const PATTERN = /^[0-9a-f]{64}$/;

/** Whether the text has the form of a digest. */
export const isDigest = (text: string): text is Digest => PATTERN.test(text);

/** Brands a text as a digest; throws when it has another form. */
export function asDigest(text: string): Digest {
  if (!isDigest(text))
    throw new Error(`internal error: expected a sha256 digest, got ${JSON.stringify(text)}`);
  return text;
}

/** sha256 of raw bytes or of a UTF-8 text. */
export const digestBytes = (bytes: Uint8Array | string): Digest => hash('sha256', bytes, 'hex') as Digest;

/**
 * sha256 of `{domain, value}` as canonical JSON. The domain keeps digests of different things apart
 * even where their values happen to be equal.
 */
export const digestValue = (domain: string, value: unknown): Digest =>
  digestBytes(canonicalJson({ domain, value }));

/** An incremental sha256, for streams. */
export function digester(): { update(bytes: Uint8Array): void; digest(): Digest } {
  const state = createHash('sha256');
  return { update: (bytes) => void state.update(bytes), digest: () => state.digest('hex') as Digest };
}
