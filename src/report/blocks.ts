import {
  choiceBlocks,
  choicesOf,
  decide,
  type MobilenetSpace,
  type SearchSpace,
  spaceLayout,
} from '../nas/index.ts';

/** What an architecture is at one block of its space. */
export interface BlockChoice {
  readonly id: string;
  /** False: the block is left out (identity). */
  readonly present: boolean;
  /** Depthwise kernel side, pixels. */
  readonly kernel: number;
  /** Multiple of the block's input channels. */
  readonly expansion: number;
  readonly squeezeExcite: boolean;
  /** Output channels. */
  readonly output: number;
  /** Pixels. */
  readonly stride: number;
}

/** The blocks in order, as an encoding decides them. */
export function blockChoices(space: MobilenetSpace, encoding: readonly number[]): BlockChoice[] {
  return spaceLayout(space).blocks.map((layout) => {
    const { block } = layout;
    const { present, kernel, expansion, squeezeExcite } = decide(layout, encoding);
    return {
      id: block.id,
      present,
      kernel: block.kernel[kernel]!,
      expansion: block.expansion[expansion]!,
      squeezeExcite: block.squeezeExcite[squeezeExcite]!,
      output: block.output,
      stride: block.stride,
    };
  });
}

/** `k5 e6 SE`, or `identity` */
export const blockText = ({ present, kernel, expansion, squeezeExcite }: BlockChoice): string =>
  present ? `k${kernel} e${expansion}${squeezeExcite ? ' SE' : ''}` : 'identity';

/** What an architecture is at each block of its space, by the block's name. */
export function blockTexts(space: SearchSpace, encoding: readonly number[]): Map<string, string> {
  if (space.grammar === 'mobilenet') {
    return new Map(blockChoices(space, encoding).map((block) => [block.id, blockText(block)]));
  }
  const texts = new Map<string, string>();
  const chosen = choicesOf(space, encoding);
  for (const { id, block, what } of choiceBlocks(space)) {
    if (chosen[id] === undefined) continue;
    const before = texts.get(block);
    texts.set(block, `${before === undefined ? '' : `${before}, `}${what} ${chosen[id]}`);
  }
  return texts;
}
