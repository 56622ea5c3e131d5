import { decide, type SearchSpace, spaceLayout } from '../nas/index.ts';

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
export function blockChoices(space: SearchSpace, encoding: readonly number[]): BlockChoice[] {
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
