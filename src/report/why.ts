import type { Why } from '../engine/explain/why.ts';
import { acceptanceText, revocationText } from './accept.ts';
import { branchText } from './branch.ts';
import { artifactChanges } from './change-text.ts';
import { wrap } from './layout.ts';
import { byInterest, changeText, fieldName, isInput } from './preimage.ts';
import type { Style } from './style.ts';
import { localTime } from './units.ts';

/** Why a stage ran, for people. `run`: the run that was asked about. */
export function whyLines(why: Why, run: string, style: Style): string[] {
  const { stage, cached, ranIn, ranAt, against, reason, unchanged } = why;
  const changes = byInterest(why.changes);
  const said = [
    ...why.revoked.map(revocationText),
    ...(why.diverged === undefined
      ? []
      : [`${why.diverged} of it should have equal outputs and have not: npx pipe verify --replay ${stage}`]),
  ];
  const audit = said.flatMap((text) => wrap(text, 78).map((line) => `  ${line}`));
  if (why.accepted !== undefined) {
    const code = changes.map((change) => `${fieldName(change.field)}  ${changeText(change)}`);
    return [
      `${style.bold(stage)} did not run: an edit of its code is accepted as changing no result.`,
      ...[...code, acceptanceText(why.accepted)].flatMap((text) => wrap(text, 78).map((line) => `  ${line}`)),
      `  its outputs are those of run ${ranIn}, ${localTime(ranAt)}`,
      ...audit,
      `  npx pipe accept ${stage} --revoke takes it back`,
    ];
  }
  const head = cached
    ? [`${style.bold(stage)} did not run in ${run}: run ${ranIn} had made its outputs.`]
    : [];
  const ran = `${style.bold(stage)} ran on ${localTime(ranAt)}`;
  if (against === undefined || changes.length === 0)
    return [...head, ...wrap(`${ran}: ${reason}`, 80), ...audit];
  const own = why.branched ? changes.filter(({ field }) => field !== 'origin') : changes;
  const width = Math.max(0, ...own.map(({ field }) => fieldName(field).length));
  const began = why.branched && `${ran}, branched from ${branchText(why.branched)}`;
  return [
    ...head,
    began === undefined
      ? `${ran} because ${causes(own)} changed:`
      : began + (own.length === 0 ? ' with nothing else changed' : `; ${causes(own)} changed:`),
    ...own.flatMap((change) => {
      const input = why.inputs.find(({ port }) => change.field === `inputs.${port}`);
      const from = input === undefined ? '' : `   from ${input.source}`;
      return [
        `  ${fieldName(change.field).padEnd(width)}  ${changeText(change)}${from}`,
        ...wrap(artifactChanges(input?.changes ?? [], 4), 74).map((line) => `    ${line}`),
      ];
    }),
    `  since run ${against.run}${unchanged.length === 0 ? '' : `; ${unchanged.join(', ')}: unchanged`}`,
    ...audit,
  ];
}

/** `its input architecture`, `params.reward and its code` */
function causes(changes: readonly Why['changes'][number][]): string {
  const names = changes.map((change) => {
    if (isInput(change)) return `its input ${change.field.slice('inputs.'.length)}`;
    return change.field === 'codeDigest' ? 'its code' : fieldName(change.field);
  });
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
