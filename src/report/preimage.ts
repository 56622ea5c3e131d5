import type { FieldChange } from '../schema/generated/plan.ts';

/** In the order in which a person would ask; what is not named here comes last. */
const ORDER = ['params', 'content', 'seed', 'codeDigest', 'version', 'numericsVersion', 'device', 'inputs'];

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
  return field;
}

/** Most source files that are named. */
const FILES = 3;

/** `"mnas-soft" → "tunas-absolute"`, digests cut short; of code, the files that changed. */
export function changeText({ from, to, files = [] }: FieldChange): string {
  if (files.length > 0) {
    const more = files.length > FILES ? ` and ${files.length - FILES} more` : '';
    return files.slice(0, FILES).join(', ') + more;
  }
  return `${valueText(from)} → ${valueText(to)}`;
}

function valueText(value: string | undefined): string {
  if (value === undefined) return 'nothing';
  const digest = /^"([0-9a-f]{64})"$/.exec(value)?.[1];
  return digest === undefined ? value : `${digest.slice(0, 8)}…`;
}
