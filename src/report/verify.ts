import type { FirstDifference, Replay } from '../engine/index.ts';
import type { FsckReport } from '../store/index.ts';
import { bytes, count, duration, short } from './units.ts';

const countsText = (counts: FsckReport['counts']): string =>
  Object.entries(counts)
    .filter(([part]) => part !== 'stores')
    .map(([part, n]) => [part === 'values' ? 'remembered values' : part, n] as const)
    .map(([part, n]) => `${count(n)} ${n === 1 ? part.replace(/s$/, '') : part}`)
    .join(', ');

/** What a check of a store found, what was done about it, and what is left to do. `path` shows paths. */
export function fsckLines(report: FsckReport, path: (absolute: string) => string): string[] {
  const { findings, leftovers, repaired, reruns, divergences, quarantined } = report;
  const lines = [`Checked ${countsText(report.counts)}.`];
  for (const { what, why, remedy, path: place, movedTo } of findings) {
    const where = path(place);
    const done = {
      quarantine: repaired ? `moved to ${path(movedTo ?? where)}` : 'a repair moves it aside',
      drop: repaired ? 'removed' : 'a repair removes it',
      relink: repaired ? 'linked again' : 'a repair links it again',
      rewrite: repaired ? 'written anew' : 'a repair writes it anew',
    }[remedy];
    lines.push(`${what}: ${why} (${where}; ${done})`);
  }
  for (const { fingerprint, stageType, from, to } of divergences) {
    lines.push(
      `${stageType} ${short(fingerprint, 12)}: records ${from} and ${to} should have equal outputs and have not`,
    );
  }
  if (leftovers.length > 0) {
    const size = bytes(leftovers.reduce((sum, each) => sum + each.bytes, 0));
    const what = `${count(leftovers.length)} ${leftovers.length === 1 ? 'leftover' : 'leftovers'} of processes that are gone (${size})`;
    lines.push(repaired ? `${what}: removed` : `${what}: harmless; a repair or npx pipe gc removes them`);
  }
  for (const { stage, pipeline, stageType, fingerprint, computeMs } of reruns) {
    const name = stage ?? stageType ?? short(fingerprint, 12);
    const how =
      pipeline === undefined ? 'no run names it' : `run pipeline ${pipeline} again to bring it back`;
    const took = computeMs === undefined ? '' : ` (about ${duration(computeMs)})`;
    lines.push(`outputs of ${name} are not whole in the store: ${how}${took}`);
  }
  if (quarantined > 0) {
    const things = `${count(quarantined)} damaged ${quarantined === 1 ? 'thing lies' : 'things lie'}`;
    lines.push(`${things} in quarantine/ for you to look at; delete what you do not want.`);
  }
  if (findings.length === 0) lines.push('No damage found.');
  else if (!repaired) lines.push('npx pipe fsck --repair mends this.');
  return lines;
}

const placeText = ({ file, tensor, index, field, from, to }: FirstDifference): string => {
  const where = [
    file,
    ...(tensor === undefined ? [] : [`tensor ${tensor}`]),
    ...(index === undefined ? [] : [tensor === undefined ? `byte ${index}` : `index ${index}`]),
    ...(field === undefined || field === '' ? [] : [field]),
  ];
  return `${where.join(', ')}: ${from ?? 'absent'} → ${to ?? 'absent'}`;
};

/** The first difference between what a replay gave and what was recorded. */
export const differenceText = ({ port, from, to, first }: NonNullable<Replay['difference']>): string =>
  `${port} ${short(from, 12)} → ${short(to, 12)}${first ? `, ${placeText(first)}` : ''}`;

/** What a replay gave, in two lines or three. */
export function replayLines(replay: Replay): string[] {
  const { stage, stageType, determinism, same, difference, resumedFrom, record, again } = replay;
  const how = resumedFrom === undefined ? 'from its beginning' : `from its checkpoint at step ${resumedFrom}`;
  const head = `${stage} (${stageType}, ${determinism}) was run again ${how}: record ${again} beside ${record}`;
  if (same) return [head, 'All outputs are equal, byte for byte.'];
  const expected =
    determinism === 'exact'
      ? 'This should not be: both are kept as a divergence.'
      : determinism === 'measured'
        ? 'It measures, so this is to be expected; the newer measurement counts.'
        : 'Its type promises equality within a tolerance only.';
  return [head, `first difference: ${differenceText(difference!)}`, expected];
}
