import type { Tensors } from '../net/network.ts';
import type { Supernet } from '../stage/artifacts.ts';
import { jsonChanges } from './changes.ts';
import { infoAndWeights } from './info-and-weights.ts';
import type { ArtifactKind } from './kind.ts';
import { amount, table } from './text.ts';
import { valuesIn } from './value.ts';
import { weightChanges } from './weights.ts';

/** `info.json` and `weights.safetensors`. */
export const supernet: ArtifactKind<Supernet> = {
  kind: 'supernet',
  version: 1,
  description: 'Shared weights of all candidates at maximum width.',
  ...infoAndWeights<Supernet>('supernet', () => []),

  describe: ({ info, weights }) => ({
    steps: info.steps,
    weights: valuesIn(weights),
    phases: info.phases.join(', '),
  }),

  render: ({ info, weights }) =>
    [
      `${amount(info.steps)} steps of training (${info.phases.join(', ')}), in space ${info.space.slice(0, 12)}`,
      '',
      tensorTable(weights),
    ].join('\n'),

  diff: (a, b) => [...jsonChanges(a.info, b.info), ...weightChanges(a.weights, b.weights)],
};

/** Tensors by name: shape, number of values, root mean square. */
export function tensorTable(tensors: Tensors): string {
  const rows = [...tensors].map(([name, { shape, data }]) => {
    const squares = data.reduce((sum, value) => sum + value * value, 0);
    return [
      name,
      `[${shape}]`,
      amount(data.length),
      Math.sqrt(squares / Math.max(1, data.length)).toPrecision(3),
    ];
  });
  return table(
    [
      ['weight', 'shape', 'values', 'root mean square'],
      ...rows,
      ['total', '', amount(valuesIn(tensors)), ''],
    ],
    2,
  );
}
