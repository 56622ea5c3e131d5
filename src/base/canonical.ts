import canonicalize from 'canonicalize';

/** A value that JSON can hold exactly. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * The RFC 8785 text of a JSON value: keys sorted, numbers in their shortest form, no white space.
 * Equal values have equal texts whatever the order of their keys. Keys whose value is `undefined` are dropped.
 * Throws on NaN, infinities and values that JSON cannot hold.
 */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value as object);
  if (text === undefined) throw new Error(`internal error: expected a JSON value, got ${typeof value}`);
  return text;
}
