import type { MobilenetSpace } from '../../../schema/generated/artifacts/search-space.ts';
import { blockChoices } from '../../blocks.ts';
import { picture } from '../markup.ts';
import { legend } from '../scatter.ts';
import { drawRows } from './row.ts';

/**
 * One box a block: as high as it expands, coloured by kernel, a bar on top for squeeze-and-excitation, a line for
 * identity.
 */
export function mobilenetPicture(space: MobilenetSpace, encoding: readonly number[]): string {
  const kernels = [...new Set(space.blocks.flatMap(({ kernel }) => kernel))].sort((a, b) => a - b);
  const widest = Math.max(...space.blocks.flatMap(({ expansion }) => expansion));
  const blocks = blockChoices(space, encoding).map(
    ({ id, present, kernel, expansion, squeezeExcite, output, stride }) => ({
      id,
      note: `${output} ch${stride > 1 ? ` /${stride}` : ''}`,
      title: present
        ? `${id}: kernel ${kernel}, expansion ${expansion}${squeezeExcite ? ', squeeze-excite' : ''}`
        : `${id}: identity`,
      ...(present && {
        box: {
          label: [`k${kernel} e${expansion}`],
          colour: `c${kernels.indexOf(kernel) % 6}`,
          height: expansion / widest,
          bar: squeezeExcite,
        },
      }),
    }),
  );
  const { body, width, height } = drawRows(blocks);
  return (
    picture('blocks of the architecture', width, height, body) +
    legend([
      ...kernels.map((kernel, index) => [`c${index % 6}`, `kernel ${kernel}`] as const),
      ['se', 'squeeze-and-excitation'],
    ])
  );
}
