import type { Shape } from '../../../net/network.ts';
import { stridedShape } from '../../../net/shape.ts';
import type { StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { LayerSpec, StacksNetwork } from './decide.ts';
import { layerDecisions, layerSpec } from './decide.ts';
import type { StackLayout } from './layout.ts';
import { stacksLayout } from './layout.ts';

/** Options by position in an encoding. */
export type Picks = readonly (readonly [position: number, option: number])[];

/** Something that a space may choose, and the options that say so. */
export interface Alternative<T> {
  readonly of: T;
  readonly picks: Picks;
}

/** One way through a stack: its depth, and in each part one of several runs of layers. */
export interface StackWay {
  readonly output: Shape;
  readonly picks: Picks;
  readonly parts: readonly (readonly Alternative<readonly LayerSpec[]>[])[];
}

const alternatives = <T>(options: readonly T[], position: number | undefined): Alternative<T>[] =>
  options.map((of, option) => ({ of, picks: position === undefined ? [] : [[position, option]] }));

/** What stands around the stacks: images, stems, and heads behind a shape. */
export function surroundings(space: StacksSpace) {
  const layout = stacksLayout(space);
  const { sides, stem, head, input } = space;
  const images: Alternative<Shape>[] =
    sides.length === 0
      ? [{ of: input, picks: [] }]
      : alternatives(sides, layout.resolution).map(({ of: side, picks }) => ({
          of: { h: side, w: side, c: input.c },
          picks,
        }));
  const kernels = alternatives(stem.kernel, layout.stemKernel);
  const stems = alternatives(stem.filters, layout.stemFilters).flatMap((width) =>
    kernels.map(
      (kernel): Alternative<StacksNetwork['stem']> => ({
        of: { filters: width.of, kernel: kernel.of },
        picks: [...width.picks, ...kernel.picks],
      }),
    ),
  );
  const hidden = alternatives(head.hidden, layout.hidden);
  const heads = (last: Shape): Alternative<StacksNetwork['head']>[] =>
    alternatives(head.filters, layout.headFilters).flatMap((width) =>
      hidden.map((units) => ({
        of: { input: last, filters: width.of, hidden: units.of },
        picks: [...width.picks, ...units.picks],
      })),
    );
  return { images, stems, heads, stacks: layout.stacks };
}

/** Every depth and width of a stack behind an input. */
export function stackWays(space: StacksSpace, layout: StackLayout, input: Shape): StackWay[] {
  const { stack, layers } = layout;
  const widths =
    stack.filters.length === 0 ? [{ of: input.c, picks: [] }] : alternatives(stack.filters, layout.filters);
  return widths.flatMap(({ of: filters, picks }) => {
    const output = stridedShape(input, stack.stride, filters);
    const specs = (index: number, decision: ReturnType<typeof layerDecisions>[number]): LayerSpec[] => {
      const id = layers.length > 1 ? `${stack.id}l${index}` : stack.id;
      const spec = layerSpec(space, stack, id, index, index === 0 ? input : output, filters, decision);
      return spec === undefined ? [] : [spec];
    };
    const picked = alternatives(stack.depth, layout.depth);
    if (!stack.same) {
      const runs = layers.map((layer, index) =>
        layerDecisions(layer).map((decision) => ({ of: specs(index, decision), picks: decision.picks })),
      );
      return picked.map(
        ({ of: depth, picks: deep }): StackWay => ({
          output,
          picks: [...picks, ...deep],
          parts: runs.slice(0, depth),
        }),
      );
    }
    return picked.map(({ of: depth, picks: deep }): StackWay => {
      const together = layerDecisions(layers[0]!).map((decision) => ({
        of: Array.from({ length: depth }, (_, index) => specs(index, decision)).flat(),
        picks: decision.picks,
      }));
      return { output, picks: [...picks, ...deep], parts: [together] };
    });
  });
}
