import { readSafetensors } from '../net/safetensors.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { RecordedNumerics } from '../schema/generated/checkpoint.ts';
import type { Extension } from '../schema/generated/record.ts';
import type { CheckpointState } from '../stage/contract.ts';
import type { Checkpoints, Journal } from '../store/index.ts';

export interface Resumption {
  readonly state?: CheckpointState;
  /** Step that the attempt goes on from. */
  readonly step?: number;
  /** Time that earlier attempts spent, milliseconds. */
  readonly computeMs: number;
  /** The shorter sibling whose checkpoint it is. */
  readonly extends?: Extension;
}

const describe = (key: RecordedNumerics | undefined): string =>
  key ? `${key.backend}, ${key.instructionSet}, numerics version ${key.numericsVersion}` : 'no backend';

/** Where an attempt may go on from. */
export type ResumeRequest = Pick<AttemptRequest, 'fingerprint' | 'horizon' | 'params'>;

/**
 * The newest checkpoint that leads to the same bits: whole, and saved under an equal numerics key; its own, else that of
 * a sibling that differs only in that it goes less far. Says so in the journal when there are some of its own and none
 * will do.
 */
export async function resumption(
  checkpoints: Checkpoints,
  request: ResumeRequest,
  numerics: RecordedNumerics | undefined,
  journal: Journal,
): Promise<Resumption> {
  const own = await from(checkpoints, request.fingerprint, numerics, journal);
  if (own !== undefined) return own;
  const { param = '', siblings = [] } = request.horizon ?? {};
  for (const { fingerprint, from: shorter } of siblings) {
    const extension = { fingerprint, param, from: shorter, to: request.params[param] as number };
    const found = await from(checkpoints, fingerprint, numerics, journal, extension);
    if (found !== undefined) return found;
  }
  return { computeMs: 0 };
}

/** The newest acceptable checkpoint of one fingerprint. */
async function from(
  checkpoints: Checkpoints,
  fingerprint: string,
  numerics: RecordedNumerics | undefined,
  journal: Journal,
  extension?: Omit<Extension, 'step'>,
): Promise<Resumption | undefined> {
  const here = describe(numerics);
  const { checkpoint, passedOver } = await checkpoints.load(fingerprint, (manifest) => {
    const there = describe(manifest.numerics);
    return there === here ? undefined : `it was saved with ${there}, and this is ${here}`;
  });
  const tensors = checkpoint && readSafetensors(checkpoint.tensors);
  const whose = extension === undefined ? '' : ` of ${extension.param} ${extension.from}`;
  const reasons = passedOver.map(({ seq, why }) => `checkpoint ${seq}${whose}: ${why}`);
  if (!checkpoint || !tensors?.ok) {
    if (tensors && !tensors.ok) reasons.push('its tensors cannot be read');
    if (reasons.length > 0) journal.write({ type: 'not-resumed', why: reasons.join('; ') });
    return undefined;
  }
  for (const reason of reasons) journal.write({ type: 'damage-found', what: reason });
  const { seq, step, total, computeMs } = checkpoint.manifest;
  const extended = extension === undefined ? {} : { extends: { ...extension, step } };
  journal.write({ type: 'attempt-resumed', step, total, checkpoint: seq, ...extended });
  return { state: { state: checkpoint.state, tensors: tensors.value }, step, computeMs, ...extended };
}
