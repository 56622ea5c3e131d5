import type { Candidate, SpaceStack, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { ChoiceBlock, Condition } from '../choice.ts';

/** What a candidate leaves to choose. */
export const ATTRIBUTES = ['start', 'kernel', 'expansion', 'squeeze-excite', 'skip'] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

type Option = number | boolean | string;

/** The options of a candidate for an attribute; a candidate that knows none of it has one of no meaning. */
export function optionsOf(candidate: Candidate, attribute: Attribute): readonly Option[] {
  const field = attribute === 'squeeze-excite' ? 'squeezeExcite' : attribute;
  const fallback: { readonly [field in typeof field]: Option } = {
    start: 0,
    kernel: 1,
    expansion: 1,
    squeezeExcite: false,
    skip: 'identity',
  };
  return (
    (candidate as unknown as { readonly [field in string]?: readonly Option[] })[field] ?? [fallback[field]]
  );
}

/** A choice's position in the encoding, or nothing where there is one option only. */
type Position = number | undefined;

/** One layer of a stack in its place. */
export interface StackLayer {
  readonly id: string;
  readonly candidates: readonly Candidate[];
  readonly op: Position;
  /** By candidate and attribute. */
  readonly attributes: readonly { readonly [attribute in Attribute]?: number }[];
}

export interface StackLayout {
  readonly stack: SpaceStack;
  readonly filters: Position;
  readonly depth: Position;
  /** As many as the deepest option has; all the same object where the layers of a stack choose alike. */
  readonly layers: readonly StackLayer[];
}

/** Where the choices of a space of stacks lie in an encoding. */
export interface StacksLayout {
  readonly choices: readonly ChoiceBlock[];
  readonly resolution: Position;
  readonly stemFilters: Position;
  readonly stemKernel: Position;
  readonly stacks: readonly StackLayout[];
  readonly headFilters: Position;
  readonly hidden: Position;
}

const layouts = new WeakMap<StacksSpace, StacksLayout>();

/** Remembered by the identity of the space, which must not change. */
export function stacksLayout(space: StacksSpace): StacksLayout {
  const known = layouts.get(space);
  if (known !== undefined) return known;
  const layout = walk(space);
  layouts.set(space, layout);
  return layout;
}

const word = (option: Option): string => (option === true ? 'on' : option === false ? 'off' : String(option));

function walk(space: StacksSpace): StacksLayout {
  const choices: ChoiceBlock[] = [];
  const ids = new Set<string>();
  const choose = (
    block: string,
    what: string,
    options: readonly Option[],
    when: readonly Condition[] = [],
    op?: string,
  ): Position => {
    if (options.length < 2) return undefined;
    const plain = `${block}.${what}`;
    const id = ids.has(plain) ? `${block}.${op}.${what}` : plain;
    ids.add(id);
    const tag = ['filters', 'expansion', 'hidden'].includes(what) ? 'filters' : 'op';
    const words = options.map(word);
    choices.push({ id, block, what, tag, options: words, ...(when.length === 0 ? {} : { when }) });
    return choices.length - 1;
  };

  const layer = (id: string, candidates: readonly Candidate[], when: readonly Condition[]): StackLayer => {
    const names = candidates.map((candidate) => nameOf(candidate, candidates));
    const op = choose(id, 'op', names, when);
    const attributes = candidates.map((): { [attribute in Attribute]?: number } => ({}));
    for (const attribute of ATTRIBUTES) {
      // Candidates with the same list of options share the choice.
      const groups = new Map<string, number[]>();
      for (const [index, candidate] of candidates.entries()) {
        const key = JSON.stringify(optionsOf(candidate, attribute));
        groups.set(key, [...(groups.get(key) ?? []), index]);
      }
      for (const group of groups.values()) {
        const [first] = group;
        const own = op === undefined || group.length === candidates.length;
        const conditions = own ? when : [...when, { position: op, options: group }];
        const options = optionsOf(candidates[first!]!, attribute);
        const position = choose(id, attribute, options, conditions, names[first!]!);
        if (position === undefined) continue;
        for (const index of group) attributes[index]![attribute] = position;
      }
    }
    return { id, candidates, op, attributes };
  };

  const resolution = choose('resolution', 'side', space.sides);
  const stemFilters = choose('stem', 'filters', space.stem.filters);
  const stemKernel = choose('stem', 'kernel', space.stem.kernel);
  const stacks = space.stacks.map((stack): StackLayout => {
    const { id, same, first, others } = stack;
    const filters = choose(id, 'filters', stack.filters);
    const depth = choose(id, 'depth', stack.depth);
    const deepest = Math.max(...stack.depth);
    if (same) {
      const one = layer(id, first, []);
      return { stack, filters, depth, layers: Array.from({ length: deepest }, () => one) };
    }
    const layers = Array.from({ length: deepest }, (_, index) => {
      const deep = [...stack.depth.keys()].filter((option) => stack.depth[option]! > index);
      const when =
        depth === undefined || deep.length === stack.depth.length ? [] : [{ position: depth, options: deep }];
      return layer(deepest === 1 ? id : `${id}l${index}`, index === 0 ? first : others, when);
    });
    return { stack, filters, depth, layers };
  });
  const headFilters = choose('head', 'filters', space.head.filters);
  const hidden = choose('head', 'hidden', space.head.hidden);
  return { choices, resolution, stemFilters, stemKernel, stacks, headFilters, hidden };
}

/** A candidate in a word; with its kernel and expansion where there are several of its kind. */
function nameOf(candidate: Candidate, all: readonly Candidate[]): string {
  if (all.filter(({ op }) => op === candidate.op).length === 1) return candidate.op;
  const [kernel, expansion] = [optionsOf(candidate, 'kernel'), optionsOf(candidate, 'expansion')];
  return `${candidate.op} k${kernel.join('/')} e${expansion.join('/')}`;
}
