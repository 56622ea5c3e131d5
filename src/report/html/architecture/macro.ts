import {
  type Encoding,
  type MacroLayer,
  macroHalvings,
  macroLayers,
  macroTensor,
} from '../../../nas/index.ts';
import type { MacroSpace } from '../../../schema/generated/artifacts/search-space.ts';
import { at, escapeText, picture } from '../markup.ts';
import { legend } from '../scatter.ts';

const STEP = 62;
const BOX = { width: 48, height: 34 };

/**
 * One box a layer, coloured by operation, or with the range of channels of each; an arc for each layer whose output is joined
 * to that of a later one, or from the edge for the stem's.
 */
export function macroPicture(space: MacroSpace, encoding: Encoding): string {
  const layers = macroLayers(space, encoding);
  const centre = (layer: number) => (layer < 0 ? 2 : 10 + layer * STEP + BOX.width / 2);
  /** The layer whose output an anchor is; -1: the stem. */
  const source = (anchor: number) => macroTensor(space, anchor) - 1;
  const nameOf = (layer: number) => (layer < 0 ? 'the stem' : `l${layer}`);
  const furthest = Math.max(
    0,
    ...layers.flatMap(({ skips }, layer) => skips.map((anchor) => layer - source(anchor))),
  );
  const top = 12 + furthest * 9;
  const arcs = layers.flatMap(({ skips }, layer) =>
    skips.map((anchor) => {
      // a parabola reaches half as high as its control point
      const from = source(anchor);
      const above = top - 2 * (layer - from) * 9;
      return `<path class="arc" d="M${at(centre(from))} ${top} Q${at((centre(from) + centre(layer)) / 2)} ${above} ${at(centre(layer))} ${top}"><title>the output of ${nameOf(from)} is joined to that of l${layer}</title></path>`;
    }),
  );
  const halvings = macroHalvings(space);
  const boxes = layers.map(({ branches, skips }, layer) => {
    const x = 10 + layer * STEP;
    const joined =
      skips.length === 0 ? '' : `, joined with ${skips.map((anchor) => nameOf(source(anchor))).join(', ')}`;
    const text = (kind: string, y: number, words: string) =>
      `<text class="${kind}" x="${at(centre(layer))}" y="${y}" text-anchor="middle">${escapeText(words)}</text>`;
    return (
      `<g><title>${escapeText(`l${layer}: ${branchesText(space, branches)}${joined}`)}</title>` +
      (space.partition === 0
        ? `<rect class="box c${colourOf(space, branches[0]!)}" x="${x}" y="${top}" width="${BOX.width}" height="${BOX.height}" rx="4"/>` +
          text('inside', top + 21, branches[0]!.operation)
        : rangesOf(space, branches, x, top)) +
      text('small', top + 50, `l${layer}`) +
      (halvings.includes(layer) ? text('small', top + 63, 'then /2') : '') +
      '</g>'
    );
  });
  const width = 10 + layers.length * STEP;
  const middle = top + BOX.height / 2;
  const line = `<line class="flow" x1="0" x2="${width}" y1="${middle}" y2="${middle}"/>`;
  const used = space.operations.flatMap((operation, index) =>
    layers.some(({ branches }) => branches.some((branch) => branch.operation === operation))
      ? [[`c${index % 6}`, operation] as const]
      : [],
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

type Branches = MacroLayer['branches'];

const colourOf = ({ operations }: MacroSpace, { operation }: Branches[number]): number =>
  operations.indexOf(operation) % 6;

/** `conv3`, `parts 0 to 1 of conv3, 2 of max3`. */
const branchesText = ({ partition }: MacroSpace, branches: Branches): string =>
  partition === 0
    ? branches[0]!.operation
    : `parts ${branches
        .map(
          ({ operation, first, count }) =>
            `${first}${count === 1 ? '' : ` to ${first + count - 1}`} of ${operation}`,
        )
        .join(', ')}`;

/** A row each operation, of the width of all channels. */
function rangesOf(space: MacroSpace, branches: Branches, x: number, top: number): string {
  const row = BOX.height / branches.length;
  const part = BOX.width / space.partition;
  return branches
    .map(
      (branch, index) =>
        `<rect class="box c${colourOf(space, branch)}" x="${at(x + branch.first * part)}" y="${at(top + index * row)}" width="${at(branch.count * part)}" height="${at(row - 1)}"/>`,
    )
    .join('');
}
