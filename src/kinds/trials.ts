import { canonicalJson, type Json } from '../base/canonical.ts';
import { type Failure, fail, ok } from '../base/result.ts';
import { frontShare, rankedArchitectures, trialFront } from '../nas/index.ts';
import type { Trial } from '../stage/artifacts.ts';
import { change, jsonChanges } from './changes.ts';
import type { ArtifactKind } from './kind.ts';
import { schemaFailure } from './schema.ts';
import { amount, counted, figure, percent, table } from './text.ts';
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
    const share = frontShare(value);
    return {
      trials: value.length,
      ...(best === undefined ? {} : { 'best accuracy': best.accuracy.value }),
      ...(best?.reward === undefined ? {} : { 'best reward': best.reward }),
      ...(share && { front: trialFront(value).length, hypervolume: share.share }),
    };
  },

  details(value) {
    const share = frontShare(value);
    return {
      ranked: rankedArchitectures(value).slice(0, SHOWN),
      front: trialFront(value),
      ...(share && {
        hypervolume: {
          share: share.share,
          reference: { accuracy: 0, cost: share.cost, of: share.limit ? 'the limit' : 'the dearest' },
        },
      }),
    } as unknown as Json;
  },

  render(value) {
    const ranked = rankedArchitectures(value);
    const phases = new Map<string, number>();
    for (const { phase } of value) phases.set(phase, (phases.get(phase) ?? 0) + 1);
    return [
      `${amount(value.length)} trials (${[...phases].map(([phase, n]) => `${phase} ${amount(n)}`).join(', ')})`,
      '',
      table([
        [
          `${ranked.length > SHOWN ? `best ${SHOWN}` : 'best'}`,
          'phase',
          'accuracy',
          'reward',
          'cost',
          'MACs',
          'params',
        ],
        ...ranked
          .slice(0, SHOWN)
          .map(({ index, phase, accuracy, reward, cost, costs }) => [
            `#${index}`,
            phase,
            percent(accuracy.value),
            reward === undefined ? '' : figure(reward),
            figure(cost),
            amount(costs.macs),
            amount(costs.params),
          ]),
      ]),
      ...predictorLines(value),
      ...frontLines(value),
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

/** The trial that comes first among all. */
const bestTrial = (value: readonly Trial[]): Trial | undefined => rankedArchitectures(value)[0];

/** The trade of accuracy for cost: nothing where there is none to show. */
function frontLines(value: readonly Trial[]): string[] {
  const share = frontShare(value);
  if (share === undefined) return [];
  const front = trialFront(value);
  const few = front.length > SHOWN ? everyFew(front) : front;
  const shown = few.length < front.length ? `, of which ${few.length} are shown` : '';
  return [
    '',
    `Pareto front: ${counted(front.length, 'trial')} that no other beats in both cost and accuracy${shown}`,
    '',
    table([
      ['trial', 'cost', 'accuracy'],
      ...few.map(({ index, cost, accuracy }) => [`#${index}`, figure(cost), percent(accuracy.value)]),
    ]),
    '',
    `Hypervolume ${figure(share.share)}: share of accuracy 0 to 100 % by cost 0 to ${figure(share.cost)} (${share.limit ? 'the limit' : 'the dearest'})`,
  ];
}

/** So many of a front, evenly, both ends included. */
const everyFew = (front: readonly Trial[]): Trial[] =>
  Array.from({ length: SHOWN }, (_, k) => front[Math.round((k * (front.length - 1)) / (SHOWN - 1))]!);

/** How well a predictor foretold what was then evaluated: nothing where none did. */
function predictorLines(value: readonly Trial[]): string[] {
  const foretold = value.filter(({ predicted }) => predicted !== undefined);
  if (foretold.length === 0) return [];
  const squares = foretold.map(({ predicted, accuracy }) => (predicted! - accuracy.value) ** 2);
  const error = Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length);
  return [
    '',
    `A predictor proposed ${counted(foretold.length, 'trial')}; root mean square of predicted − found: ${percent(error)}`,
  ];
}
