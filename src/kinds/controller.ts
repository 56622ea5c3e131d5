import type { Failure } from '../base/result.ts';
import type { Controller } from '../stage/artifacts.ts';
import { jsonChanges } from './changes.ts';
import { infoAndWeights } from './info-and-weights.ts';
import type { ArtifactKind } from './kind.ts';
import { amount, figure, percent, table } from './text.ts';
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

  diff: (a, b) => [...jsonChanges(a.info, b.info), ...weightChanges(a.weights, b.weights)],
};
