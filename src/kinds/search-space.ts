import type { Failure } from '../base/result.ts';
import { checkSpace, choiceBlocks, layersWithKernels, type MobilenetSpace, spaceSize } from '../nas/index.ts';
import { nearest } from '../schema/nearest.ts';
import type { SearchSpace } from '../stage/artifacts.ts';
import { jsonChanges } from './changes.ts';
import { singleFileKind } from './single.ts';
import { table } from './text.ts';

/** `space.json`. */
export const searchSpace = singleFileKind<SearchSpace>({
  kind: 'search-space',
  version: 1,
  description: 'A set of architectures as data.',
  file: 'space.json',
  schema: 'search-space',
  failures: (space) => {
    const checked = checkSpace(space);
    return checked.ok ? unknownLayers(space) : checked.failures;
  },

  describe: (space) => ({
    space: space.name,
    networks: Number(spaceSize(space).distinct),
    encodings: Number(spaceSize(space).raw),
    'choice blocks': choiceBlocks(space).length,
  }),

  render(space) {
    const { name, input, classes } = space;
    const { raw, distinct } = spaceSize(space);
    return [
      `${name}: ${Number(distinct).toPrecision(3)} networks (${Number(raw).toPrecision(3)} encodings) for ` +
        `${input.h}x${input.w}x${input.c} images of ${classes} classes`,
      ...(space.grammar === 'mobilenet' ? blocksText(space) : choicesText(space)),
    ].join('\n');
  },

  diff: (a, b) => jsonChanges(a, b),
});

/** Layers whose initialiser is chosen and that no network of the space has. */
function unknownLayers(space: SearchSpace): Failure[] {
  if (space.initialisers === undefined) return [];
  const known = layersWithKernels(space);
  return Object.keys(space.initialisers)
    .filter((name) => !known.has(name))
    .map((name) => {
      const meant = nearest(name, [...known]);
      return {
        code: 'unknown-layer',
        message: `initialisers names a layer "${name}", but no layer with a kernel is called so or begins with it${meant === undefined ? '' : `; the nearest is "${meant}"`}`,
      };
    });
}

const word = (option: number | boolean): string =>
  option === true ? 'on' : option === false ? 'off' : String(option);

const options = (list: readonly (number | boolean)[]): string => list.map(word).join(' ');

const blocksText = ({ stem, blocks, head }: MobilenetSpace): string[] => [
  `stem ${stem.kernel}x${stem.kernel} stride ${stem.stride}, ${stem.filters} channels, ${stem.activation}`,
  '',
  table(
    [
      ['block', 'kernel', 'expansion', 'squeeze-excite', 'left out', 'activation', 'stride', 'channels'],
      ...blocks.map((block) => [
        block.id,
        options(block.kernel),
        options(block.expansion),
        options(block.squeezeExcite),
        block.identity ? 'may be' : '',
        block.activation,
        String(block.stride),
        String(block.output),
      ]),
    ],
    6,
  ),
  '',
  `head ${head.filters} channels, ${head.hidden} hidden units, ${head.activation}, dropout ${head.dropout}`,
];

const choicesText = (space: SearchSpace): string[] => [
  '',
  table(
    [['choice', 'options'], ...choiceBlocks(space).map(({ id, options }) => [id, options.join(', ')])],
    2,
  ),
];
