import { jsonChanges } from '../kinds/changes.ts';
import type { FieldChange } from '../schema/generated/plan.ts';
import type { Preimage } from '../schema/generated/record.ts';

/**
 * Where two pre-images differ, field by field: `params.reward`, `seed`, `codeDigest`, `inputs.train`. Values are JSON;
 * `from` or `to` is absent where only the other has the field.
 */
export function preimageChanges(from: Preimage, to: Preimage): FieldChange[] {
  const changes: FieldChange[] = [];
  for (const field of FIELDS) {
    for (const { what, ...sides } of jsonChanges(from[field], to[field], field)) {
      const [before, after] = [valueAt(from, what), valueAt(to, what)];
      const written = 'from' in sides || 'to' in sides;
      if (!written) continue;
      changes.push({
        field: what,
        ...(before === undefined ? {} : { from: JSON.stringify(before) }),
        ...(after === undefined ? {} : { to: JSON.stringify(after) }),
      });
    }
  }
  return changes;
}

/** In the order in which a person would ask. */
const FIELDS = [
  'stageType',
  'params',
  'content',
  'seed',
  'inputs',
  'version',
  'codeDigest',
  'numericsVersion',
  'device',
  'schema',
] as const;

function valueAt(preimage: Preimage, path: string): unknown {
  let value: unknown = preimage;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** Whether a field is a digest of something else that changed, rather than a value that a person set. */
export const isInput = ({ field }: FieldChange): boolean => field.startsWith('inputs.');

/** What a field of a pre-image is called when people read it. */
export function fieldName(field: string): string {
  if (field === 'codeDigest') return 'code';
  if (field === 'numericsVersion') return 'numerics version';
  return field;
}

/** `"mnas-soft" → "tunas-absolute"`, digests cut short. */
export function changeText({ field, from, to }: FieldChange): string {
  const shown = (value: string | undefined): string => {
    if (value === undefined) return 'nothing';
    const digest = /^"([0-9a-f]{64})"$/.exec(value)?.[1];
    return digest === undefined ? value : `${digest.slice(0, 8)}…`;
  };
  return field === '' ? '' : `${shown(from)} → ${shown(to)}`;
}
