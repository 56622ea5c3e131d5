import { canonicalJson, type Json } from '../base/canonical.ts';
import { stageFailure } from '../stage/contract.ts';

/** What the trials or measurements in a checkpoint were made under: name of a param or input → value or digest. */
export type Conditions = { readonly [name: string]: Json | undefined };

/** All inputs of a stage as conditions, from the digests of its context. */
export const inputConditions = (digests: { readonly [port: string]: string }): Conditions =>
  Object.fromEntries(Object.entries(digests).map(([port, digest]) => [`input ${port}`, digest]));

/**
 * Ends the stage with `checkpoint-refused` when what a checkpoint holds was made under other conditions, so that what is
 * to come could not be compared with it. Only a branch can bring such a checkpoint.
 */
export function requireUnchanged(saved: Conditions, now: Conditions): void {
  for (const name of Object.keys(now)) {
    const [before, after] = [saved[name] ?? null, now[name] ?? null].map(canonicalJson);
    if (before === after) continue;
    const values = name.startsWith('input ') ? '' : ` (${before} → ${after})`;
    throw stageFailure(
      'checkpoint-refused',
      `${name} changed${values}, and what the checkpoint holds could not be compared with what follows`,
    );
  }
}
