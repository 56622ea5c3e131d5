import { type Encoding, macroHalvings, macroLayers } from '../../../nas/index.ts';
import type { MacroSpace } from '../../../schema/generated/artifacts/search-space.ts';
import { at, escapeText, picture } from '../markup.ts';
import { legend } from '../scatter.ts';

const STEP = 62;
const BOX = { width: 48, height: 34 };

/** One box a layer, coloured by operation; an arc for each layer whose output is joined to that of a later one. */
export function macroPicture(space: MacroSpace, encoding: Encoding): string {
  const layers = macroLayers(space, encoding);
  const centre = (layer: number) => 10 + layer * STEP + BOX.width / 2;
  const furthest = Math.max(
    0,
    ...layers.flatMap(({ skips }, layer) => skips.map((anchor) => layer - anchor)),
  );
  const top = 12 + furthest * 9;
  const arcs = layers.flatMap(({ skips }, layer) =>
    skips.map((anchor) => {
      // a parabola reaches half as high as its control point
      const above = top - 2 * (layer - anchor) * 9;
      return `<path class="arc" d="M${at(centre(anchor))} ${top} Q${at((centre(anchor) + centre(layer)) / 2)} ${above} ${at(centre(layer))} ${top}"><title>the output of l${anchor} is joined to that of l${layer}</title></path>`;
    }),
  );
  const halvings = macroHalvings(space);
  const boxes = layers.map(({ operation, skips }, layer) => {
    const x = 10 + layer * STEP;
    const joined =
      skips.length === 0 ? '' : `, joined with ${skips.map((anchor) => `l${anchor}`).join(', ')}`;
    const text = (kind: string, y: number, words: string) =>
      `<text class="${kind}" x="${at(centre(layer))}" y="${y}" text-anchor="middle">${escapeText(words)}</text>`;
    return (
      `<g><title>${escapeText(`l${layer}: ${operation}${joined}`)}</title>` +
      `<rect class="box c${space.operations.indexOf(operation) % 6}" x="${x}" y="${top}" width="${BOX.width}" height="${BOX.height}" rx="4"/>` +
      text('inside', top + 21, operation) +
      text('small', top + 50, `l${layer}`) +
      (halvings.includes(layer) ? text('small', top + 63, 'then /2') : '') +
      '</g>'
    );
  });
  const width = 10 + layers.length * STEP;
  const middle = top + BOX.height / 2;
  const line = `<line class="flow" x1="0" x2="${width}" y1="${middle}" y2="${middle}"/>`;
  const used = space.operations.flatMap((operation, index) =>
    layers.some((layer) => layer.operation === operation) ? [[`c${index % 6}`, operation] as const] : [],
  );
  return (
    picture(
      'layers of the architecture, and which are joined',
      width,
      top + 70,
      line + arcs.join('') + boxes.join(''),
    ) + legend(used)
  );
}
