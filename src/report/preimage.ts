import { packageText } from '../engine/identity/preimage.ts';
import type { FieldChange } from '../schema/generated/plan.ts';

/** In the order in which a person would ask; what is not named here comes last. */
const ORDER = [
  'params',
  'origin',
  'content',
  'seed',
  'codeDigest',
  'version',
  'numericsVersion',
  'device',
  'inputs',
];

const rank = ({ field }: FieldChange): number => {
  const at = ORDER.indexOf(field.split('.')[0]!);
  return at === -1 ? ORDER.length : at;
};

/** The changes with what a person set first and inputs last. */
export const byInterest = (changes: readonly FieldChange[]): FieldChange[] =>
  [...changes].sort((a, b) => rank(a) - rank(b));

/** Whether a field is the digest of an input, which follows from what changed before it. */
export const isInput = ({ field }: FieldChange): boolean => field.startsWith('inputs.');

/** What a field of a pre-image is called when people read it. */
export function fieldName(field: string): string {
  if (field === 'codeDigest') return 'code';
  if (field === 'numericsVersion') return 'numerics version';
  if (field === 'origin') return 'branched from';
  return field;
}

/** Most packages and source files that are named. */
const FILES = 3;

/** `"mnas-soft" → "tunas-absolute"`, digests cut short; of code, the packages and files that changed. */
export function changeText({ from, to, files = [], packages = [] }: FieldChange): string {
  const named = [...packages.map(packageText), ...files];
  if (named.length > 0) {
    const more = named.length > FILES ? ` and ${named.length - FILES} more` : '';
    return named.slice(0, FILES).join(', ') + more;
  }
  return `${valueText(from)} → ${valueText(to)}`;
}

function valueText(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  const digest = /^"([0-9a-f]{64})"$/.exec(value)?.[1];
  return digest === undefined ? value : `${digest.slice(0, 8)}…`;
}
