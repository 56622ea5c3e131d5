import type { Acceptance } from '../engine/explain/accept.ts';
import type { Why } from '../engine/explain/why.ts';
import { wrap } from './layout.ts';
import { changeText } from './preimage.ts';
import type { Style } from './style.ts';
import { localTime } from './units.ts';

/** What was accepted, and how to take it back. */
export const acceptedLines = ({ stage, from, change, reason }: Acceptance, style: Style): string[] => [
  `${style.bold(stage)}: its outputs of run ${from.run} stand for its code as it is now.`,
  ...wrap(`code  ${changeText(change)}`, 78).map((line) => `  ${line}`),
  ...wrap(`accepted: ${reason}`, 78).map((line) => `  ${line}`),
  `  npx pipe accept ${stage} --revoke takes it back`,
];

/** What was taken back. */
export const revokedLines = ({ stage, reason }: Acceptance, style: Style): string[] => [
  `${style.bold(stage)}: the acceptance "${reason}" is taken back; the next run makes its outputs anew.`,
];

/** `accepted by ivan on 2026-11-24 10:12: renamed a variable` */
export const acceptanceText = ({ reason, at, by }: Omit<NonNullable<Why['accepted']>, 'host'>): string =>
  `accepted by ${by} on ${localTime(at)}: ${reason}`;

/** The same of one that was taken back. */
export function revocationText({ revoked, ...of }: Why['revoked'][number]): string {
  const why = revoked.reason === undefined ? '' : ` (${revoked.reason})`;
  return `${acceptanceText(of)}; taken back by ${revoked.by} on ${localTime(revoked.at)}${why}`;
}
