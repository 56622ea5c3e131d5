import { canonicalJson, type Json } from '../base/canonical.ts';
import { type Failure, fail, ok } from '../base/result.ts';
import type { Trial } from '../stage/artifacts.ts';
import { change, jsonChanges } from './changes.ts';
import type { ArtifactKind } from './kind.ts';
import { schemaFailure } from './schema.ts';
import { amount, figure, percent, table } from './text.ts';
import { expectFiles, parseJson, textFile, textOf } from './tree.ts';
import { inconsistent, invalid, settle } from './value.ts';

const FILE = 'trials.jsonl';
/** Trials shown, the best. */
const SHOWN = 15;

/** `trials.jsonl`: one canonical JSON value a line, in the order of the search. */
export const trials: ArtifactKind<readonly Trial[]> = {
  kind: 'trials',
  version: 1,
  description: 'The evaluations of a search, one architecture a row.',

  check(value) {
    if (!Array.isArray(value)) return settle(value, [invalid(`${FILE}: expected a list of trials`)]);
    const seen = new Set<number>();
    for (const [at, trial] of value.entries()) {
      const place = `${FILE}, line ${at + 1}`;
      const failure = schemaFailure('trials', trial, place) ?? repeated(seen, trial as Trial, place);
      if (failure) return settle(value, [failure]);
    }
    return settle(value, []);
  },

  save: (value) => new Map([[FILE, textFile(value.map((trial) => `${canonicalJson(trial)}\n`).join(''))]]),

  load(tree) {
    const files = expectFiles(tree, [FILE]);
    if (!files.ok) return files;
    const text = textOf(tree, FILE);
    if (!text.ok) return text;
    const lines = text.value.split('\n');
    if (lines.pop() !== '') {
      return fail({ code: 'malformed-file', message: `${FILE}: the last line has no end` });
    }
    const rows: unknown[] = [];
    for (const [at, line] of lines.entries()) {
      const row = parseJson(line, `${FILE}, line ${at + 1}`);
      if (!row.ok) return row;
      rows.push(row.value);
    }
    return trials.check(rows);
  },

  describe(value) {
    const best = bestTrial(value);
    return {
      trials: value.length,
      ...(best === undefined ? {} : { 'best accuracy': best.accuracy.value }),
      ...(best?.reward === undefined ? {} : { 'best reward': best.reward }),
    };
  },

  render(value) {
    const ranked = value.toSorted((a, b) => merit(b) - merit(a) || a.index - b.index).slice(0, SHOWN);
    const phases = new Map<string, number>();
    for (const { phase } of value) phases.set(phase, (phases.get(phase) ?? 0) + 1);
    return [
      `${amount(value.length)} trials (${[...phases].map(([phase, n]) => `${phase} ${amount(n)}`).join(', ')})`,
      '',
      table([
        [
          `${value.length > SHOWN ? `best ${SHOWN}` : 'trial'}`,
          'phase',
          'accuracy',
          'reward',
          'cost',
          'MACs',
          'params',
        ],
        ...ranked.map(({ index, phase, accuracy, reward, cost, costs }) => [
          `#${index}`,
          phase,
          percent(accuracy.value),
          reward === undefined ? '' : figure(reward),
          figure(cost),
          amount(costs.macs),
          amount(costs.params),
        ]),
      ]),
    ].join('\n');
  },

  items: (value) =>
    ok(
      value.map((trial) => ({
        value: [trial],
        key: trial.encoding.join(' '),
        figures: trial as unknown as Json,
      })),
    ),

  diff(a, b) {
    const [bestA, bestB] = [bestTrial(a), bestTrial(b)];
    const length = Math.min(a.length, b.length);
    let differing = 0;
    for (let i = 0; i < length; i++) if (jsonChanges(a[i], b[i]).length > 0) differing++;
    const note = `of the ${amount(length)} that both have`;
    return [
      ...change('trials', a.length, b.length),
      ...change('differing trials', 0, differing, { note }),
      ...change('best accuracy', bestA?.accuracy.value, bestB?.accuracy.value, { unit: 'share' }),
      ...change('best reward', bestA?.reward, bestB?.reward),
      ...jsonChanges(bestA?.encoding, bestB?.encoding, 'best encoding'),
    ];
  },
};

function repeated(seen: Set<number>, { index }: Trial, place: string): Failure | undefined {
  if (seen.has(index)) return inconsistent(`${place}: there is another trial ${index}`);
  seen.add(index);
  return undefined;
}

/** What trials are ranked by: the reward where there is one, else the accuracy. */
const merit = ({ reward, accuracy }: Trial): number => reward ?? accuracy.value;

/** The first of the best trials. */
function bestTrial(value: readonly Trial[]): Trial | undefined {
  let best: Trial | undefined;
  for (const trial of value) if (best === undefined || merit(trial) > merit(best)) best = trial;
  return best;
}
