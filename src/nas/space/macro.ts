import type { Failure } from '../../base/result.ts';
import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { ChoiceBlock, Encoding } from './choice.ts';

const layouts = new WeakMap<MacroSpace, readonly ChoiceBlock[]>();

/** Of each layer its operation and then its skips, in the order of the release's arcs. */
export function macroChoices(space: MacroSpace): readonly ChoiceBlock[] {
  const known = layouts.get(space);
  if (known !== undefined) return known;
  const choices = Array.from({ length: space.layers }, (_, layer): ChoiceBlock[] => {
    const block = `l${layer}`;
    const choice = (what: string, options: readonly string[]): ChoiceBlock => ({
      id: `${block}.${what}`,
      block,
      what,
      tag: 'op',
      options,
    });
    return [
      choice('op', space.operations),
      ...Array.from({ length: layer }, (_, anchor) => choice(`skip${anchor}`, ['off', 'on'])),
    ];
  }).flat();
  layouts.set(space, choices);
  return choices;
}

/** What an arc says of one layer. */
export interface MacroLayer {
  readonly operation: MacroSpace['operations'][number];
  /** Anchors that are joined to the output. */
  readonly skips: readonly number[];
}

/** The layers of an architecture. */
export function macroLayers(space: MacroSpace, encoding: Encoding): MacroLayer[] {
  let at = 0;
  return Array.from({ length: space.layers }, (_, layer) => {
    const operation = space.operations[encoding[at]!]!;
    const switches = encoding.slice(at + 1, at + 1 + layer);
    at += 1 + layer;
    return { operation, skips: switches.flatMap((on, anchor) => (on === 1 ? [anchor] : [])) };
  });
}

/** Layers behind which every tensor is halved. */
export const macroHalvings = ({ layers }: MacroSpace): readonly number[] => {
  const third = Math.floor(layers / 3);
  return [third - 1, 2 * third - 1];
};

/** `conv3 · sep5 +0 · max3 +0,1`: each layer's operation and the anchors joined to it. */
export const describeMacro = (space: MacroSpace, encoding: Encoding): string =>
  macroLayers(space, encoding)
    .map(({ operation, skips }) => `${operation}${skips.length === 0 ? '' : ` +${skips.join(',')}`}`)
    .join(' · ');

/**
 * What the schema of a space of cells or a macro space cannot say: operations are distinct, and channels can be halved by
 * factorised reductions. Codes: `repeated-option`, `odd-channels`.
 */
export function checkOperations(space: {
  readonly name: string;
  readonly operations: readonly string[];
  readonly filters: number;
}): Failure[] {
  const failures: Failure[] = [];
  if (new Set(space.operations).size < space.operations.length)
    failures.push({ code: 'repeated-option', message: `the space ${space.name} lists one operation twice` });
  if (space.filters % 2 !== 0)
    failures.push({
      code: 'odd-channels',
      message: `the space ${space.name} has ${space.filters} filters; its reductions need an even number`,
    });
  return failures;
}
