import type { StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../choice.ts';
import { encodingOf } from '../encoding.ts';
import type { SearchSpace } from '../layout.ts';
import { mnasSpace } from './mnas.ts';
import { mobilenetV3LargeSpace, mobilenetV3SmallSpace } from './mobilenet-v3-paper.ts';
import { mobilenetV4Space } from './mobilenet-v4.ts';
import { ofaMobilenetV3Space } from './ofa.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { enasMacroFound, enasMicroFound } from './published-enas.ts';
import { tunasProxylessSpace } from './tunas.ts';

/** A network that a paper found, as an encoding of the space that it lies in. */
export interface PublishedArchitecture {
  readonly space: SearchSpace;
  readonly encoding: Encoding;
}

function lying(
  space: StacksSpace,
  chosen: { readonly [choice: string]: string | number },
): PublishedArchitecture {
  const words = Object.fromEntries(
    Object.entries(chosen).map(([choice, option]) => [choice, String(option)]),
  );
  const encoding = encodingOf(space, words);
  if (!encoding.ok)
    throw new Error(`internal error: expected an encoding, got ${encoding.failures[0]!.message}`);
  return { space, encoding: encoding.value };
}

/**
 * A network of `tunas-proxyless` by its nine widths and 22 operations: the kernel of the separable convolution, then
 * 3·(expansion 6) + kernel of each layer, 6 its absence (TuNAS release, mobile_model_archive).
 */
function proxyless(
  sizes: NamedSpaceOptions,
  filters: readonly number[],
  operations: readonly number[],
): PublishedArchitecture {
  const chosen: { [choice: string]: string | number } = {};
  for (const [index, operation] of operations.entries()) {
    const stacked = `s${2 + Math.floor((index - 1) / 4)}l${(index - 1) % 4}`;
    const layer = index === 0 ? 's1' : index === operations.length - 1 ? 's7' : stacked;
    const optional = /^s\dl[1-3]$/.test(layer);
    if (optional) chosen[`${layer}.op`] = operation === 6 ? 'identity' : 'mbconv';
    if (operation === 6) continue;
    chosen[`${layer}.kernel`] = [3, 5, 7][operation % 3]!;
    if (index > 0) chosen[`${layer}.expansion`] = operation < 3 ? 3 : 6;
  }
  return lying(tunasProxylessSpace({ ...sizes, filters }), chosen);
}

const PROXYLESS_MOBILE = [0, 1, 0, 6, 6, 2, 0, 1, 1, 5, 1, 1, 1, 4, 1, 1, 1, 5, 5, 2, 2, 5];

/** Layers, kernel, expansion (1: a separable convolution), filters, squeeze-and-excitation of a block. */
type MnasRow = readonly [layers: number, kernel: number, expansion: number, filters: number, squeeze?: 'se'];

function mnas(
  sizes: NamedSpaceOptions,
  stem: number,
  rows: readonly MnasRow[],
  activation: 'relu' | 'swish' = 'relu',
): PublishedArchitecture {
  const space = mnasSpace({
    ...sizes,
    filters: [stem, ...rows.map(([, , , filters]) => filters)],
    activation,
  });
  const chosen: { [choice: string]: string | number } = {};
  for (const [index, [layers, kernel, expansion, filters, squeeze]] of rows.entries()) {
    const id = `b${index + 1}`;
    if (space.stacks[index]!.filters.length > 1) chosen[`${id}.filters`] = filters;
    chosen[`${id}.depth`] = layers;
    chosen[`${id}.op`] = expansion === 1 ? 'separable' : 'mbconv';
    chosen[`${id}.kernel`] = kernel;
    if (expansion !== 1) chosen[`${id}.expansion`] = expansion;
    chosen[`${id}.squeeze-excite`] = squeeze === 'se' ? 'on' : 'off';
    chosen[`${id}.skip`] = 'identity';
  }
  return lying(space, chosen);
}

/** Kernel, expansion, squeeze-and-excitation of each block. */
type V3Row = readonly [kernel: number, expansion: number, squeeze?: 'se'];

function mobilenetV3(space: StacksSpace, rows: readonly V3Row[]): PublishedArchitecture {
  const chosen: { [choice: string]: string | number } = {};
  for (const [index, [kernel, expansion, squeeze]] of rows.entries()) {
    const id = `b${index + 1}`;
    chosen[`${id}.kernel`] = kernel;
    if (index > 0) chosen[`${id}.expansion`] = expansion;
    chosen[`${id}.squeeze-excite`] = squeeze === 'se' ? 'on' : 'off';
  }
  return lying(space, chosen);
}

/** A network of `ofa-mobilenet-v3`: depths, kernels and expansions of its five stacks. */
function ofa(
  space: StacksSpace,
  stacks: readonly (readonly (readonly [kernel: number, expansion: number])[])[],
): PublishedArchitecture {
  const chosen: { [choice: string]: string | number } = {};
  for (const [index, layers] of stacks.entries()) {
    chosen[`s${index + 2}.depth`] = layers.length;
    for (const [layer, [kernel, expansion]] of layers.entries()) {
      chosen[`s${index + 2}l${layer}.kernel`] = kernel;
      chosen[`s${index + 2}l${layer}.expansion`] = expansion;
    }
  }
  return lying(space, chosen);
}

const V4_SMALL = [
  [5, 5, 3],
  [0, 3, 2],
  [0, 3, 2],
  [0, 3, 2],
  [0, 3, 2],
  [3, 0, 4],
  [3, 3, 6],
  [5, 5, 4],
  [0, 5, 4],
  [0, 5, 3],
  [0, 3, 4],
  [0, 3, 4],
] as const;

/** A published network in its space, for images and classes of any number; the published ones where nothing is told. */
type Published = (sizes?: NamedSpaceOptions) => PublishedArchitecture;

/** Published networks by name, each with the space that it lies in. */
export const publishedArchitectures = {
  'mobilenet-v2': (sizes = {}) =>
    proxyless(
      sizes,
      [32, 16, 24, 32, 64, 96, 160, 320, 1280],
      [0, 3, 3, 6, 6, 3, 3, 3, 6, 3, 3, 3, 3, 3, 3, 3, 6, 3, 3, 3, 6, 3],
    ),
  'proxyless-mobile': (sizes = {}) =>
    proxyless(sizes, [32, 16, 32, 40, 80, 96, 192, 320, 1280], PROXYLESS_MOBILE),
  'proxyless-mobile-14': (sizes = {}) =>
    proxyless(sizes, [48, 24, 40, 56, 112, 136, 256, 448, 1792], PROXYLESS_MOBILE),
  'proxyless-cpu': (sizes = {}) =>
    proxyless(
      sizes,
      [40, 24, 32, 48, 88, 104, 216, 360, 1432],
      [0, 3, 0, 0, 0, 3, 0, 0, 1, 3, 6, 6, 0, 4, 0, 0, 0, 4, 1, 1, 0, 4],
    ),
  'proxyless-gpu': (sizes = {}) =>
    proxyless(
      sizes,
      [40, 24, 32, 56, 112, 128, 256, 432, 1728],
      [0, 1, 6, 6, 6, 2, 6, 6, 0, 5, 6, 6, 1, 4, 6, 0, 1, 5, 5, 5, 4, 5],
    ),
  'mnasnet-a1': (sizes = {}) =>
    mnas(sizes, 32, [
      [1, 3, 1, 16],
      [2, 3, 6, 24],
      [3, 5, 3, 40, 'se'],
      [4, 3, 6, 80],
      [2, 3, 6, 112, 'se'],
      [3, 5, 6, 160, 'se'],
      [1, 3, 6, 320],
    ]),
  'mnasnet-b1': (sizes = {}) =>
    mnas(sizes, 32, [
      [1, 3, 1, 16],
      [3, 3, 3, 24],
      [3, 5, 3, 40],
      [3, 5, 6, 80],
      [2, 3, 6, 96],
      [4, 5, 6, 192],
      [1, 3, 6, 320],
    ]),
  'mnasnet-small': (sizes = {}) =>
    mnas(sizes, 8, [
      [1, 3, 1, 8],
      [1, 3, 3, 16],
      [2, 3, 6, 16],
      [4, 5, 6, 32, 'se'],
      [3, 3, 6, 32, 'se'],
      [3, 5, 6, 88, 'se'],
      [1, 3, 6, 144],
    ]),
  'efficientnet-b0': (sizes = {}) =>
    mnas(
      sizes,
      32,
      [
        [1, 3, 1, 16, 'se'],
        [2, 3, 6, 24, 'se'],
        [2, 5, 6, 40, 'se'],
        [3, 3, 6, 80, 'se'],
        [3, 5, 6, 112, 'se'],
        [4, 5, 6, 192, 'se'],
        [1, 3, 6, 320, 'se'],
      ],
      'swish',
    ),
  'mobilenet-v3-large': (sizes = {}) =>
    mobilenetV3(mobilenetV3LargeSpace(sizes), [
      [3, 1],
      [3, 4],
      [3, 3],
      [5, 3, 'se'],
      [5, 3, 'se'],
      [5, 3, 'se'],
      [3, 6],
      [3, 2.5],
      [3, 2.3],
      [3, 2.3],
      [3, 6, 'se'],
      [3, 6, 'se'],
      [5, 6, 'se'],
      [5, 6, 'se'],
      [5, 6, 'se'],
    ]),
  'mobilenet-v3-small': (sizes = {}) =>
    mobilenetV3(mobilenetV3SmallSpace(sizes), [
      [3, 1, 'se'],
      [3, 4.5],
      [3, 11 / 3],
      [5, 4, 'se'],
      [5, 6, 'se'],
      [5, 6, 'se'],
      [5, 3, 'se'],
      [5, 3, 'se'],
      [5, 6, 'se'],
      [5, 6, 'se'],
      [5, 6, 'se'],
    ]),
  'mobilenet-v4-conv-small': (sizes = {}) => {
    const blocks = V4_SMALL.flatMap(([start, kernel, expansion], index) => [
      [`b${index + 1}.start`, start],
      [`b${index + 1}.kernel`, kernel],
      [`b${index + 1}.expansion`, expansion],
    ]);
    return lying(mobilenetV4Space(sizes), Object.fromEntries(blocks));
  },
  /** The network of OFA's tutorial that its table predicts 24.73 ms for on a Note 10. */
  'ofa-note10-25ms': (sizes = {}) =>
    ofa(ofaMobilenetV3Space({ width: 1.2, input: { h: 192, w: 192, c: 3 }, ...sizes }), [
      [
        [5, 3],
        [3, 3],
      ],
      [
        [5, 4],
        [3, 4],
      ],
      [
        [7, 6],
        [7, 3],
        [3, 4],
      ],
      [
        [5, 4],
        [5, 4],
        [7, 4],
        [3, 3],
      ],
      [
        [3, 6],
        [3, 6],
        [5, 6],
      ],
    ]),
  'enas-macro-found': enasMacroFound,
  'enas-micro-found': enasMicroFound,
} satisfies { readonly [name: string]: Published };
