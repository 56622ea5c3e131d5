import type { Failure, Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import { makeDivisible } from '../../net/shape.ts';
import type { Candidate, SpaceStack } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from './choice.ts';
import { decide } from './encoding.ts';
import type {
  CellSpace,
  MacroSpace,
  MobilenetSpace,
  SearchSpace,
  SpaceBlock,
  StacksSpace,
} from './layout.ts';
import { spaceLayout } from './layout.ts';
import type { LayerDecision } from './stacks/decide.ts';
import { decideLayer } from './stacks/decide.ts';
import { stacksLayout } from './stacks/layout.ts';

/** Multipliers of the layers of each stack, of all channels, and of the sides of the image. */
export interface Scaling {
  readonly depth: number;
  readonly width: number;
  readonly resolution: number;
}

/** EfficientNet's compound scaling (Tan and Le 2019 §3.3): 1.2^φ, 1.1^φ and 1.15^φ, about twice the MACs a unit of φ. */
export const compoundScaling = (
  phi: number,
  { depth, width, resolution }: Scaling = { depth: 1.2, width: 1.1, resolution: 1.15 },
): Scaling => ({ depth: depth ** phi, width: width ** phi, resolution: resolution ** phi });

/** A network as the only one of a space; of cells, which keep their choices, one of many. */
export interface ScaledArchitecture {
  readonly space: SearchSpace;
  readonly encoding: Encoding;
}

/**
 * A found network, scaled: ⌈layers · depth⌉ in each stack, of which the last is repeated or left out, channels times
 * `width` made divisible by 8, sides times `resolution`. Code `fixed-depth`: the arcs of a macro space are as long as
 * its networks are deep.
 */
export function scaleArchitecture(
  space: SearchSpace,
  encoding: Encoding,
  scaling: Scaling,
): Result<ScaledArchitecture> {
  switch (space.grammar) {
    case 'mobilenet':
      return ok({ space: scaledBlocks(space, encoding, scaling), encoding: [] });
    case 'stacks':
      return ok({ space: scaledStacks(space, encoding, scaling), encoding: [] });
    case 'macro': {
      if (scaling.depth !== 1) return fail(fixedDepth(space));
      // parts of channels stay equal
      const step = space.partition % 2 === 0 ? Math.max(2, space.partition) : 2 * space.partition;
      const filters = rounded(space, scaling, step);
      return ok({ space: { ...space, ...common(space, scaling), filters }, encoding });
    }
    default: {
      const layers = Math.ceil(space.layers * scaling.depth);
      return ok({
        space: { ...space, ...common(space, scaling), layers, filters: rounded(space, scaling, 2) },
        encoding,
      });
    }
  }
}

const fixedDepth = ({ name }: MacroSpace): Failure => ({
  code: 'fixed-depth',
  message: `networks of the space ${name} cannot be made deeper: an arc says what each layer is; scale width and resolution`,
});

const common = ({ name, input }: SearchSpace, { resolution }: Scaling) => ({
  name: `${name}-scaled`,
  input: { h: Math.round(input.h * resolution), w: Math.round(input.w * resolution), c: input.c },
});

const rounded = ({ filters }: MacroSpace | CellSpace, { width }: Scaling, step: number): number =>
  step * Math.max(1, Math.round((filters * width) / step));

/** Channels times the width; none stay none. */
const widened = (channels: number, { width }: Scaling): number =>
  channels === 0 ? 0 : makeDivisible(channels * width);

/** ⌈n · depth⌉ of the items, the last as often as it takes. */
function deepened<T>(
  items: readonly T[],
  { depth }: Scaling,
): { readonly item: T; readonly repeat: number }[] {
  // 2.2 · 5 is 11, not 12: products are rounded where they are whole but for the last bits.
  const product = items.length * depth;
  const count = Math.abs(product - Math.round(product)) < 1e-9 ? Math.round(product) : Math.ceil(product);
  return Array.from({ length: count }, (_, index) => ({
    item: items[Math.min(index, items.length - 1)]!,
    repeat: Math.max(0, index - items.length + 1),
  }));
}

const repeated = (id: string, repeat: number): string => (repeat === 0 ? id : `${id}-again${repeat}`);

function scaledBlocks(space: MobilenetSpace, encoding: Encoding, scaling: Scaling): MobilenetSpace {
  const stacks: SpaceBlock[][] = [];
  let channels = space.stem.filters;
  for (const layout of spaceLayout(space).blocks) {
    const { block } = layout;
    const { present, kernel, expansion, squeezeExcite } = decide(layout, encoding);
    if (stacks.length === 0 || block.stride !== 1 || block.output !== channels) stacks.push([]);
    channels = block.output;
    if (!present) continue;
    stacks.at(-1)!.push({
      ...block,
      output: widened(block.output, scaling),
      kernel: [block.kernel[kernel]!],
      expansion: [block.expansion[expansion]!],
      squeezeExcite: [block.squeezeExcite[squeezeExcite]!],
      identity: false,
    });
  }
  const { stem, head } = space;
  return {
    ...space,
    ...common(space, scaling),
    stem: { ...stem, filters: widened(stem.filters, scaling) },
    blocks: stacks.flatMap((blocks) =>
      deepened(blocks, scaling).map(({ item, repeat }) => ({
        ...item,
        id: repeated(item.id, repeat),
        stride: repeat === 0 ? item.stride : 1,
      })),
    ),
    head: { ...head, filters: widened(head.filters, scaling), hidden: widened(head.hidden, scaling) },
  };
}

function scaledStacks(space: StacksSpace, encoding: Encoding, scaling: Scaling): StacksSpace {
  const layout = stacksLayout(space);
  const pick = <T>(options: readonly T[], position: number | undefined): T =>
    options[position === undefined ? 0 : encoding[position]!]!;
  const { stem, head, sides } = space;
  const side = sides.length === 0 ? undefined : pick(sides, layout.resolution);
  const input = side === undefined ? space.input : { h: side, w: side, c: space.input.c };
  let filters = pick(stem.filters, layout.stemFilters);
  const scaledStem = widened(filters, scaling);
  const stacks: SpaceStack[] = [];
  for (const { stack, filters: width, depth, layers } of layout.stacks) {
    if (stack.filters.length > 0) filters = pick(stack.filters, width);
    const present = layers
      .slice(0, pick(stack.depth, depth))
      .map((layer, index) => ({ index, decision: decideLayer(layer, encoding), layer }))
      .filter(({ index, decision }) => index === 0 || decision.op !== 'identity');
    for (const { item, repeat } of deepened(present, scaling)) {
      const own = layers.length === 1 ? stack.id : `${stack.id}l${item.index}`;
      stacks.push({
        ...stack,
        id: repeated(own, repeat),
        filters: [widened(filters, scaling)],
        depth: [1],
        stride: item.index === 0 && repeat === 0 ? stack.stride : 1,
        same: false,
        first: [only(item.layer.candidates, item.decision)],
        others: [],
      });
    }
  }
  return {
    ...space,
    ...common({ ...space, input }, scaling),
    sides: [],
    stem: { ...stem, filters: [scaledStem], kernel: [pick(stem.kernel, layout.stemKernel)] },
    stacks,
    head: {
      ...head,
      filters: [widened(pick(head.filters, layout.headFilters), scaling)],
      hidden: [widened(pick(head.hidden, layout.hidden), scaling)],
    },
  };
}

/** The candidate that was taken, with nothing left to choose. */
function only(candidates: readonly Candidate[], decision: LayerDecision): Candidate {
  const { op, start, kernel, expansion, squeezeExcite, skip } = decision;
  const chosen = { start, kernel, expansion, squeezeExcite, skip };
  const taken = candidates.find((candidate) => candidate.op === op)!;
  const fields = Object.entries(chosen).filter(([field]) => field in taken);
  return {
    op,
    ...Object.fromEntries(fields.map(([field, value]) => [field, [value]])),
  } as unknown as Candidate;
}
