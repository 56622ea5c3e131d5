import { readSafetensors } from '../net/safetensors.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { RecordedNumerics } from '../schema/generated/checkpoint.ts';
import type { Extension } from '../schema/generated/record.ts';
import type { CheckpointState } from '../stage/contract.ts';
import type { Checkpoints, Journal } from '../store/index.ts';
import { Failed } from './failure.ts';

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
export type ResumeRequest = Pick<AttemptRequest, 'fingerprint' | 'horizon' | 'params' | 'fresh' | 'branched'>;

/**
 * The newest checkpoint that leads to the same bits: whole, and saved under an equal numerics key; its own, else that of
 * a sibling that differs only in that it goes less far. Says so in the journal when there are some of its own and none
 * will do. A branched stage that starts over does so from where it was branched; without that it fails with `branch-lost`.
 */
export async function resumption(
  checkpoints: Checkpoints,
  request: ResumeRequest,
  numerics: RecordedNumerics | undefined,
  journal: Journal,
): Promise<Resumption> {
  const { fresh, branched } = request;
  if (fresh && !branched) return { computeMs: 0 };
  const own = await from(checkpoints, request, numerics, journal);
  if (own !== undefined) return own;
  const { param = '', siblings = [] } = request.horizon ?? {};
  for (const { fingerprint, from: shorter } of siblings) {
    const extension = { fingerprint, param, from: shorter, to: request.params[param] as number };
    const found = await from(checkpoints, { fingerprint, fresh }, numerics, journal, extension);
    if (found !== undefined) return found;
  }
  return { computeMs: 0 };
}

/** Why an attempt that starts over passes over what it left before. */
const NOT_WANTED = 'it starts over';

/** The newest acceptable checkpoint of one fingerprint. */
async function from(
  checkpoints: Checkpoints,
  { fingerprint, fresh, branched }: Pick<ResumeRequest, 'fingerprint' | 'fresh' | 'branched'>,
  numerics: RecordedNumerics | undefined,
  journal: Journal,
  extension?: Omit<Extension, 'step'>,
): Promise<Resumption | undefined> {
  const here = describe(numerics);
  const { checkpoint, passedOver: all } = await checkpoints.load(fingerprint, (manifest) => {
    if (fresh && manifest.seq > 0) return NOT_WANTED;
    const there = describe(manifest.numerics);
    return there === here ? undefined : `it was saved with ${there}, and this is ${here}`;
  });
  const passedOver = all.filter(({ why }) => why !== NOT_WANTED);
  const tensors = checkpoint && readSafetensors(checkpoint.tensors);
  const whose = extension === undefined ? '' : ` of ${extension.param} ${extension.from}`;
  const reasons = passedOver.map(({ seq, why }) => `checkpoint ${seq}${whose}: ${why}`);
  if (!checkpoint || !tensors?.ok) {
    if (tensors && !tensors.ok) reasons.push('its tensors cannot be read');
    if (branched) {
      const where = `step ${branched.step} of ${branched.stage} of run ${branched.run}`;
      const message = `it cannot go on from ${where}: ${reasons.join('; ') || 'the checkpoint is gone'}`;
      throw new Failed({ code: 'branch-lost', message });
    }
    if (reasons.length > 0) journal.write({ type: 'not-resumed', why: reasons.join('; ') });
    return undefined;
  }
  for (const reason of reasons) journal.write({ type: 'damage-found', what: reason });
  const { seq, step, total, computeMs } = checkpoint.manifest;
  const extended = extension === undefined ? {} : { extends: { ...extension, step } };
  journal.write({ type: 'attempt-resumed', step, total, checkpoint: seq, ...extended });
  return { state: { state: checkpoint.state, tensors: tensors.value }, step, computeMs, ...extended };
}
