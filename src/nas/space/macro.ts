import type { Failure } from '../../base/result.ts';
import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { ChoiceBlock, Encoding } from './choice.ts';

const layouts = new WeakMap<MacroSpace, readonly ChoiceBlock[]>();

/**
 * Of each layer its operation, or start and count of every operation's channels, and then its skips, in the order of the
 * release's arcs.
 */
export function macroChoices(space: MacroSpace): readonly ChoiceBlock[] {
  const known = layouts.get(space);
  if (known !== undefined) return known;
  const choices: ChoiceBlock[] = [];
  for (let layer = 0; layer < space.layers; layer++) {
    const block = `l${layer}`;
    const choice = (what: string, options: readonly string[]): ChoiceBlock => ({
      id: `${block}.${what}`,
      block,
      what,
      tag: 'op',
      options,
    });
    if (space.partition === 0) choices.push(choice('op', space.operations));
    else {
      for (const operation of space.operations) {
        choices.push(...rangeChoices(choices.length, space.partition, choice, operation));
      }
    }
    for (let anchor = 0; anchor < layer; anchor++) choices.push(choice(`skip${anchor}`, ['off', 'on']));
  }
  layouts.set(space, choices);
  return choices;
}

/** Where the parts of an operation begin, and how many there are: no more than follow, and never all. */
function rangeChoices(
  position: number,
  parts: number,
  choice: (what: string, options: readonly string[]) => ChoiceBlock,
  operation: string,
): ChoiceBlock[] {
  const starts = Array.from({ length: parts }, (_, start) => start);
  const start = choice(`${operation}-start`, starts.map(String));
  const count = choice(`${operation}-count`, starts.slice(1).map(String));
  const most = starts.map((first) => Math.min(parts - first, parts - 1));
  return [
    { ...start, tag: 'filters' },
    { ...count, tag: 'filters', limit: { position, options: most } },
  ];
}

/** An operation of a layer on some of its channels. */
export interface MacroBranch {
  readonly operation: MacroSpace['operations'][number];
  /** Parts of the channels, from the first on; where channels are not parted, there is one. */
  readonly first: number;
  readonly count: number;
}

/** What an arc says of one layer. */
export interface MacroLayer {
  /** One, or where channels are parted one of each operation. */
  readonly branches: readonly MacroBranch[];
  /** Anchors that are joined to the output. */
  readonly skips: readonly number[];
}

/** The layers of an architecture. */
export function macroLayers(space: MacroSpace, encoding: Encoding): MacroLayer[] {
  const { operations, partition } = space;
  let at = 0;
  const next = (): number => encoding[at++]!;
  return Array.from({ length: space.layers }, (_, layer) => {
    const branches =
      partition === 0
        ? [{ operation: operations[next()]!, first: 0, count: 1 }]
        : operations.map((operation) => {
            const first = next();
            return { operation, first, count: Math.min(next() + 1, partition - first) };
          });
    const switches = Array.from({ length: layer }, next);
    return { branches, skips: switches.flatMap((on, anchor) => (on === 1 ? [anchor] : [])) };
  });
}

/** Which tensor an anchor is: 0 is the stem's, n the output of layer n - 1. */
export const macroTensor = ({ anchors }: Pick<MacroSpace, 'anchors'>, anchor: number): number =>
  anchors === 'release' ? anchor : anchor + 1;

/** Layers behind which every tensor is halved. */
export const macroHalvings = ({ layers }: Pick<MacroSpace, 'layers'>): readonly number[] => {
  const third = Math.floor(layers / 3);
  return [third - 1, 2 * third - 1];
};

/** Architectures of a macro space: of start and count those that go together. */
export function distinctArcs({ layers, operations, partition }: MacroSpace): bigint {
  const branches = BigInt(operations.length);
  // all ranges of parts but the whole
  const ranges = (BigInt(partition) * BigInt(partition + 1)) / 2n - 1n;
  const layer = partition === 0 ? branches : ranges ** branches;
  return layer ** BigInt(layers) * 2n ** BigInt((layers * (layers - 1)) / 2);
}

/**
 * `conv3 · sep5 +0 · max3 +0,1`: each layer's operation and the anchors joined to it; `conv3[0-2] sep5[1]`: each operation's
 * parts of the channels.
 */
export const describeMacro = (space: MacroSpace, encoding: Encoding): string =>
  macroLayers(space, encoding)
    .map(({ branches, skips }) => {
      const own = branches.map((branch) => (space.partition === 0 ? branch.operation : rangeText(branch)));
      return `${own.join(' ')}${skips.length === 0 ? '' : ` +${skips.join(',')}`}`;
    })
    .join(' · ');

const rangeText = ({ operation, first, count }: MacroBranch): string =>
  `${operation}[${first}${count === 1 ? '' : `-${first + count - 1}`}]`;

/**
 * What the schema of a space of cells or a macro space cannot say: operations are distinct, channels can be halved by
 * factorised reductions, and parted where they are to be. Codes: `repeated-option`, `odd-channels`, `impossible-partition`.
 */
export function checkOperations(space: {
  readonly name: string;
  readonly operations: readonly string[];
  readonly filters: number;
  readonly partition?: number;
}): Failure[] {
  const { name, operations, filters, partition = 0 } = space;
  const failures: Failure[] = [];
  if (new Set(operations).size < operations.length)
    failures.push({ code: 'repeated-option', message: `the space ${name} lists one operation twice` });
  if (filters % 2 !== 0)
    failures.push({
      code: 'odd-channels',
      message: `the space ${name} has ${filters} filters; its reductions need an even number`,
    });
  if (partition !== 0 && (partition < 3 || filters % partition !== 0))
    failures.push({
      code: 'impossible-partition',
      message: `the space ${name} cannot divide ${filters} filters into ${partition} parts: take 3 or more that are equal, or 0 for none`,
    });
  return failures;
}
