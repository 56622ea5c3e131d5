import type { Failure } from '../base/result.ts';
import type { Controller } from '../stage/artifacts.ts';
import { jsonChanges } from './changes.ts';
import { infoAndWeights } from './info-and-weights.ts';
import type { ArtifactKind, Change } from './kind.ts';
import { amount, counted, figure, percent, table } from './text.ts';
import { inconsistent } from './value.ts';
import { weightChanges } from './weights.ts';

/** How far rounding may take a sum of probabilities from one. */
const TOLERANCE = 1e-3;

function* failures({ info }: Controller): Iterable<Failure> {
  for (const [block, probabilities] of Object.entries(info.probabilities)) {
    const sum = (probabilities ?? []).reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) > TOLERANCE) {
      yield inconsistent(`info.json: the probabilities of ${block} add up to ${figure(sum)}`);
    }
  }
}

/** `info.json` and `weights.safetensors`. */
export const controller: ArtifactKind<Controller> = {
  kind: 'controller',
  version: 1,
  description: 'A trained sampler of architectures.',
  ...infoAndWeights<Controller>('controller', failures),

  describe: ({ info }) => ({
    controller: info.controller,
    updates: info.steps,
    entropy: info.entropy,
    baseline: info.baseline,
  }),

  render: ({ info }) =>
    [
      `${info.controller} controller after ${amount(info.steps)} updates, in space ${info.space.slice(0, 12)}`,
      `entropy ${figure(info.entropy)} nats, baseline of the reward ${figure(info.baseline)}`,
      '',
      table(
        [
          ['choice block', 'probability of each option'],
          ...Object.entries(info.probabilities).map(([block, values]) => [
            block,
            values!.map(percent).join('  '),
          ]),
        ],
        2,
      ),
    ].join('\n'),

  diff(a, b) {
    const { probabilities: before, ...infoA } = a.info;
    const { probabilities: after, ...infoB } = b.info;
    return [
      ...jsonChanges(infoA, infoB),
      ...probabilityChanges(before, after),
      ...weightChanges(a.weights, b.weights),
    ];
  },
};

type Probabilities = Controller['info']['probabilities'];

/** The choice block whose distribution moved most: half the sum of absolute differences, 0…1. */
function probabilityChanges(a: Probabilities, b: Probabilities): Change[] {
  const blocks = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const moved = blocks.flatMap((block) => {
    const [from, to] = [a[block] ?? [], b[block] ?? []];
    const length = Math.max(from.length, to.length);
    const distances = Array.from({ length }, (_, k) => Math.abs((from[k] ?? 0) - (to[k] ?? 0)));
    const distance = distances.reduce((sum, each) => sum + each, 0) / 2;
    return distance > 0 || from.length !== to.length ? [{ block, distance }] : [];
  });
  const most = moved.toSorted((x, y) => y.distance - x.distance)[0];
  if (most === undefined) return [];
  const note = `${moved.length} of ${counted(blocks.length, 'choice block')} moved; most of all ${most.block}`;
  return [{ what: 'probabilities', delta: most.distance, unit: 'share', note }];
}
