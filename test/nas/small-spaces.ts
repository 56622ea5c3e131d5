import type { SearchSpace } from '../../src/nas/index.ts';
import {
  enasMacroChannelsSpace,
  enasMacroSpace,
  enasMicroSpace,
  mobilenetV3SmallSpace,
  mobilenetV4Space,
  nasBenchMacroSpace,
  nasnetSpace,
  ofaMobilenetV3Space,
  tunasProxylessEnlargedSpace,
} from '../../src/nas/index.ts';

type Sizes = Pick<SearchSpace, 'input' | 'classes'>;

/** Spaces of every grammar that has choices of its own, small enough to train in a test. */
export const smallNamedSpaces = (sizes: Sizes): readonly (readonly [string, SearchSpace])[] => [
  ['enas-macro', enasMacroSpace({ ...sizes, layers: 4, filters: 4 })],
  [
    'enas-macro, anchors of the paper',
    enasMacroSpace({ ...sizes, layers: 4, filters: 4, anchors: 'layers' }),
  ],
  ['enas-macro, final', enasMacroSpace({ ...sizes, layers: 4, filters: 4, form: 'final' })],
  ['enas-macro-channels', enasMacroChannelsSpace({ ...sizes, layers: 4, filters: 6 })],
  [
    'enas-macro-channels, final, in parts',
    enasMacroChannelsSpace({ ...sizes, layers: 4, filters: 12, partition: 3, form: 'final' }),
  ],
  ['enas-micro', { ...enasMicroSpace({ ...sizes, layers: 3, filters: 4 }), nodes: 3 }],
  ['enas-micro, final', { ...enasMicroSpace({ ...sizes, layers: 3, filters: 4, form: 'final' }), nodes: 3 }],
  ['nasnet', { ...nasnetSpace({ ...sizes, layers: 3, filters: 4 }), nodes: 2 }],
  ['nas-bench-macro', narrowed(nasBenchMacroSpace(sizes))],
  ['mobilenet-v4', narrowed(mobilenetV4Space(sizes))],
  ['ofa-mobilenet-v3', narrowed(ofaMobilenetV3Space(sizes))],
  ['tunas-proxyless-enlarged', narrowed(tunasProxylessEnlargedSpace(sizes))],
  ['mobilenet-v3-small', narrowed(mobilenetV3SmallSpace(sizes))],
];

/** The first three stacks, an eighth as wide: the widths that a stack chooses from stay apart. */
function narrowed(space: Extract<SearchSpace, { grammar: 'stacks' }>): SearchSpace {
  const eighth = (widths: readonly number[]): number[] => [
    ...new Set(widths.map((width) => Math.max(8, 8 * Math.ceil(width / 64)))),
  ];
  return {
    ...space,
    stem: { ...space.stem, filters: eighth(space.stem.filters) },
    stacks: space.stacks.slice(0, 3).map((stack) => ({ ...stack, filters: eighth(stack.filters) })),
    head: { ...space.head, filters: [16], hidden: [0] },
  };
}
