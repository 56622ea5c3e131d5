import type { Architecture, Essences } from '../stage/artifacts.ts';
import { change, figureChanges, jsonChanges } from './changes.ts';
import type { Change } from './kind.ts';
import { singleFileKind } from './single.ts';
import { accuracyText, costsText, figure, table } from './text.ts';

/** What every cost is measured in. */
export const costFields = [
  ['params', 'params'],
  ['macs', 'macs'],
  ['latency', 'ms'],
] as const;

/** `architecture.json`. */
export const architecture = singleFileKind<Architecture>({
  kind: 'architecture',
  version: 1,
  description: 'A full assignment of every choice block of a search space.',
  file: 'architecture.json',
  schema: 'architecture',
  failures: () => [],

  essences: {
    choices: {
      version: 1,
      description: 'its encoding and its space, without costs, accuracy and the log of the search',
      of: ({ space, encoding }: Architecture): Essences['architecture']['choices'] => ({ space, encoding }),
      canonical: ({ space, encoding }) => ({
        space,
        encoding: [...encoding],
      }),
    },
  },

  describe: ({ description, costs, accuracy }) => ({
    architecture: description,
    params: costs.params,
    macs: costs.macs,
    ...(costs.latency === undefined ? {} : { ms: costs.latency }),
    ...(accuracy === undefined ? {} : { [`${accuracy.provenance} accuracy`]: accuracy.value }),
  }),

  render({ description, costs, accuracy, choices, origin, log, space }) {
    return [
      description,
      costsText(costs),
      ...(accuracy === undefined ? [] : [accuracyText(accuracy)]),
      `proposed by ${origin}, in space ${space.slice(0, 12)}`,
      '',
      choiceTable(choices),
      ...(Object.keys(log).length === 0
        ? []
        : [
            '',
            table([['search', ''], ...Object.entries(log).map(([name, value]) => [name, figure(value!)])]),
          ]),
    ].join('\n');
  },

  diff: (a, b) => [
    ...choiceChanges(a.choices, b.choices),
    ...jsonChanges(a.encoding, b.encoding, 'encoding'),
    ...change('description', a.description, b.description),
    ...change('space', a.space, b.space),
    ...figureChanges(a.costs, b.costs, costFields),
    ...figureChanges(a.accuracy, b.accuracy, [['value', 'share']], 'accuracy.').map((each) => ({
      ...each,
      what: 'accuracy',
    })),
    ...change('accuracy.provenance', a.accuracy?.provenance, b.accuracy?.provenance),
    ...change('accuracy.split', a.accuracy?.split, b.accuracy?.split),
    ...change('accuracy.images', a.accuracy?.images, b.accuracy?.images),
    ...change('origin', a.origin, b.origin),
    ...figureChanges(a.log, b.log, logFields(a.log, b.log), 'log.'),
  ],
});

/** Choices named `<block>.<what>` as a matrix of blocks by what is chosen. */
function choiceTable(choices: Architecture['choices']): string {
  const parts = Object.entries(choices).map(([name, option]) => {
    const dot = name.lastIndexOf('.');
    return { block: name.slice(0, Math.max(0, dot)), what: name.slice(dot + 1), option: option! };
  });
  const blocks = [...new Set(parts.map(({ block }) => block))].sort(inOrder);
  const whats = [...new Set(parts.map(({ what }) => what))].sort();
  const cell = (block: string, what: string): string =>
    parts.find((part) => part.block === block && part.what === what)?.option ?? '';
  return table(
    [['block', ...whats], ...blocks.map((block) => [block, ...whats.map((what) => cell(block, what))])],
    1 + whats.length,
  );
}

/** Choice blocks whose option differs, in the order of the space: `b2.kernel 5 -> 3`. */
export function choiceChanges(
  a: { readonly [block: string]: string | undefined },
  b: { readonly [block: string]: string | undefined },
): Change[] {
  const blocks = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort(inOrder);
  return blocks.flatMap((block) => change(block, a[block], b[block]));
}

/** Numbers inside names by value: b2 before b10. */
const inOrder = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const logFields = (a: object, b: object): [string][] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().map((name) => [name]);
