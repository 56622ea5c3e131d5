import type { StageRecord } from '../schema/generated/record.ts';
import type { Damage } from './damage.ts';
import type { Objects } from './objects.ts';
import { type RecordDraft, type Records, standing } from './records.ts';
import type { ObjectTree } from './tree.ts';

export interface CommitRequest
  extends Omit<RecordDraft, 'v' | 'reason' | 'divergesFrom' | 'accepted' | 'revoked' | 'outputs'> {
  /** Port → files of the artifact, in the form of its kind. */
  readonly outputs: {
    readonly [port: string]: {
      readonly kind: string;
      readonly kindVersion: number;
      readonly tree: ObjectTree;
    };
  };
}

export interface Committed {
  readonly record: StageRecord;
  readonly damage: readonly Damage[];
}

const digests = (outputs: StageRecord['outputs']): string =>
  JSON.stringify(
    Object.entries(outputs)
      .map(([port, output]) => [port, output!.digest])
      .sort(),
  );

/** Why a further record is written, given the one before it and whether that one's outputs were all there. */
export function reasonOf(
  before: StageRecord | undefined,
  whole: boolean,
  draft: Pick<StageRecord, 'determinism' | 'outputs'>,
): Pick<StageRecord, 'reason' | 'divergesFrom'> {
  if (!before) return { reason: 'first' };
  if (draft.determinism === 'measured') return { reason: 'measurement' };
  if (digests(before.outputs) === digests(draft.outputs)) return { reason: whole ? 'repeat' : 'repair' };
  if (draft.determinism === 'tolerance') return { reason: whole ? 'repeat' : 'repair' };
  return { reason: 'divergence', divergesFrom: before.n };
}

/**
 * Keeps a finished stage: first every output as an object, then the record that names them. Until the record is
 * written nothing has happened; objects without a record do no harm. The caller holds the fingerprint's lock.
 * Rejects with Node's error when the file system fails.
 */
export async function commit(
  objects: Objects,
  records: Records,
  { outputs: trees, ...request }: CommitRequest,
): Promise<Committed> {
  const known = await records.list(request.fingerprint);
  const before = standing(known.records).at(-1);
  const found = await records.find(request.fingerprint);
  const damage = [...known.damage, ...found.damage];
  const outputs: StageRecord['outputs'] = {};
  for (const [port, { kind, kindVersion, tree }] of Object.entries(trees)) {
    const stored = await objects.put(kind, kindVersion, tree);
    damage.push(...stored.damage);
    outputs[port] = { kind, kindVersion, digest: stored.digest, bytes: stored.bytes, files: stored.files };
  }
  const whole = before !== undefined && found.record?.n === before.n;
  const reason = reasonOf(before, whole, { determinism: request.determinism, outputs });
  const record = await records.write({ v: 1, ...request, ...reason, outputs });
  return { record, damage };
}
