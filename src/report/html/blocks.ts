import type { MobilenetSpace } from '../../schema/generated/artifacts/search-space.ts';
import { blockChoices } from '../blocks.ts';
import { at, escapeText, picture } from './markup.ts';
import { legend } from './scatter.ts';

const STEP = 56;
const HEIGHT = 150;

/** One box a block: as high as it expands, coloured by kernel, a bar on top for squeeze-and-excitation, a line for identity. */
export function blocksPicture(space: MobilenetSpace, encoding: readonly number[]): string {
  const blocks = blockChoices(space, encoding);
  const kernels = [...new Set(space.blocks.flatMap(({ kernel }) => kernel))].sort((a, b) => a - b);
  const widest = Math.max(...space.blocks.flatMap(({ expansion }) => expansion));
  const middle = 62;
  const boxes = blocks.map((block, index) => {
    const x = 10 + index * STEP;
    const label =
      `<text class="small" x="${x + 20}" y="${HEIGHT - 22}" text-anchor="middle">${escapeText(block.id)}</text>` +
      `<text class="small" x="${x + 20}" y="${HEIGHT - 8}" text-anchor="middle">${block.output} ch${block.stride > 1 ? ` /${block.stride}` : ''}</text>`;
    if (!block.present) return `<g><title>${escapeText(block.id)}: identity</title>${label}</g>`;
    const height = (block.expansion / widest) * 96;
    const top = middle - height / 2;
    const title = `${block.id}: kernel ${block.kernel}, expansion ${block.expansion}${block.squeezeExcite ? ', squeeze-excite' : ''}`;
    return (
      `<g><title>${escapeText(title)}</title>` +
      `<rect class="box c${kernels.indexOf(block.kernel) % 6}" x="${x}" y="${at(top)}" width="40" height="${at(height)}" rx="4"/>` +
      (block.squeezeExcite ? `<rect class="se" x="${x}" y="${at(top)}" width="40" height="5" rx="2"/>` : '') +
      `<text class="inside" x="${x + 20}" y="${middle + 4}" text-anchor="middle">k${block.kernel} e${block.expansion}</text>${label}</g>`
    );
  });
  const width = 10 + blocks.length * STEP;
  const line = `<line class="flow" x1="0" x2="${width}" y1="${middle}" y2="${middle}"/>`;
  return (
    picture('blocks of the architecture', width, HEIGHT, line + boxes.join('')) +
    legend([
      ...kernels.map((kernel, index) => [`c${index % 6}`, `kernel ${kernel}`] as const),
      ['se', 'squeeze-and-excitation'],
    ])
  );
}
