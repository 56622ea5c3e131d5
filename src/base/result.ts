/**
 * An expected failure is a value, not an exception: `throw` is kept for our own bugs.
 * `code` is a stable kebab-case name; `message` is one sentence a person can act on.
 */
export interface Failure<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
}

/** Either a value or a list of what is wrong (never empty when `ok` is false). */
export type Result<T, F = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failures: readonly F[] };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const fail = <F = Failure>(
  ...failures: F[]
): { readonly ok: false; readonly failures: readonly F[] } => {
  if (failures.length === 0) throw new Error('internal error: expected at least one failure, got none');
  return { ok: false, failures };
};

/** Ends a `switch` over a union; reached only when a case is missing. */
export function never(value: never): never {
  throw new Error(`internal error: expected an exhausted union, got ${JSON.stringify(value)}`);
}
