import { readSafetensors } from '../net/safetensors.ts';
import type { RecordedNumerics } from '../schema/generated/checkpoint.ts';
import type { CheckpointState } from '../stage/contract.ts';
import type { Checkpoints, Journal } from '../store/index.ts';

export interface Resumption {
  readonly state?: CheckpointState;
  /** Step that the attempt goes on from. */
  readonly step?: number;
  /** Time that earlier attempts spent, milliseconds. */
  readonly computeMs: number;
}

const describe = (key: RecordedNumerics | undefined): string =>
  key ? `${key.backend}, ${key.instructionSet}, numerics version ${key.numericsVersion}` : 'no backend';

/**
 * The newest checkpoint that leads to the same bits: whole, and saved under an equal numerics key. Says so in the
 * journal when there are some and none will do.
 */
export async function resumption(
  checkpoints: Checkpoints,
  fingerprint: string,
  numerics: RecordedNumerics | undefined,
  journal: Journal,
): Promise<Resumption> {
  const here = describe(numerics);
  const { checkpoint, passedOver } = await checkpoints.load(fingerprint, (manifest) => {
    const there = describe(manifest.numerics);
    return there === here ? undefined : `it was saved with ${there}, and this is ${here}`;
  });
  const tensors = checkpoint && readSafetensors(checkpoint.tensors);
  const reasons = passedOver.map(({ seq, why }) => `checkpoint ${seq}: ${why}`);
  if (!checkpoint || !tensors?.ok) {
    if (tensors && !tensors.ok) reasons.push('its tensors cannot be read');
    if (reasons.length > 0) journal.write({ type: 'not-resumed', why: reasons.join('; ') });
    return { computeMs: 0 };
  }
  for (const reason of reasons) journal.write({ type: 'damage-found', what: reason });
  const { seq, step, total, computeMs } = checkpoint.manifest;
  journal.write({ type: 'attempt-resumed', step, total, checkpoint: seq });
  return { state: { state: checkpoint.state, tensors: tensors.value }, step, computeMs };
}
