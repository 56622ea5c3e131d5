import { CELLS, type CellBranch, cellNodes, type Encoding, looseEnds } from '../../../nas/index.ts';
import type { CellSpace } from '../../../schema/generated/artifacts/search-space.ts';
import { at, escapeText, picture } from '../markup.ts';
import { legend } from '../scatter.ts';

const BOX = { width: 96, height: 40 };
const GAP = { x: 44, y: 16 };

type Nodes = readonly (readonly [CellBranch, CellBranch])[];

/** The normal and the reduction cell as graphs: a box a node with its two operations, a line from what each of them reads. */
export function cellsPicture(space: CellSpace, encoding: Encoding): string {
  const cells = cellNodes(space, encoding);
  const colour = (operation: CellBranch['operation']) => `c${space.operations.indexOf(operation) % 6}`;
  const used = space.operations.filter((each) =>
    CELLS.some((cell) => cells[cell].flat().some(({ operation }) => operation === each)),
  );
  return (
    CELLS.map((cell) => `<h3>${cell} cell</h3>${cellPicture(cell, cells[cell], colour)}`).join('') +
    legend(used.map((operation) => [colour(operation), operation] as const))
  );
}

function cellPicture(
  cell: string,
  nodes: Nodes,
  colour: (operation: CellBranch['operation']) => string,
): string {
  // the two inputs stand in the first column, a node one behind the last that it reads
  const columns = [0, 0];
  for (const node of nodes) columns.push(1 + Math.max(...node.map(({ input }) => columns[input]!)));
  const last = Math.max(...columns) + 1;
  const rows = columns.map(
    (column, index) => columns.slice(0, index).filter((other) => other === column).length,
  );
  const most = Math.max(...rows) + 1;
  const x = (column: number) => 10 + column * (BOX.width + GAP.x);
  const y = (row: number) => 10 + row * (BOX.height + GAP.y);
  const place = (index: number) => ({ x: x(columns[index]!), y: y(rows[index]!) });
  const height = y(most) - GAP.y + 10;
  const end = { x: x(last), y: height / 2 - BOX.height / 2 };

  const line = (from: number, to: { x: number; y: number }, kind: string, title: string) => {
    const start = place(from);
    const [x1, y1] = [start.x + BOX.width, start.y + BOX.height / 2];
    const bend = Math.max(20, (to.x - x1) / 2);
    return `<path class="${kind}" d="M${at(x1)} ${at(y1)} C${at(x1 + bend)} ${at(y1)} ${at(to.x - bend)} ${at(to.y)} ${at(to.x)} ${at(to.y)}"><title>${escapeText(title)}</title></path>`;
  };
  const words = (index: number) => (index < 2 ? ['before the last', 'the last'][index]! : `node ${index}`);
  const box = (corner: { x: number; y: number }, lines: readonly string[], title: string) =>
    `<g><title>${escapeText(title)}</title><rect class="node" x="${at(corner.x)}" y="${at(corner.y)}" width="${BOX.width}" height="${BOX.height}" rx="4"/>` +
    lines
      .map(
        (text, index) =>
          `<text class="small" x="${at(corner.x + BOX.width / 2)}" y="${at(corner.y + BOX.height / 2 + 4 + (index - (lines.length - 1) / 2) * 14)}" text-anchor="middle">${escapeText(text)}</text>`,
      )
      .join('') +
    '</g>';

  const edges = nodes.flatMap((branches, node) =>
    branches.map(({ input, operation }, branch) => {
      const to = place(node + 2);
      const port = { x: to.x, y: to.y + (BOX.height * (branch + 1)) / 3 };
      return line(input, port, `edge ${colour(operation)}`, `${operation} of ${words(input)}`);
    }),
  );
  const ends = looseEnds(nodes).map((index) =>
    line(index, { x: end.x, y: end.y + BOX.height / 2 }, 'edge', `${words(index)} is part of the output`),
  );
  const inputs = [0, 1].map((index) =>
    box(
      place(index),
      [`${index}`, words(index)],
      `the output of the cell ${index === 0 ? 'before the last one' : 'before this'}`,
    ),
  );
  const boxes = nodes.map((branches, node) =>
    box(
      place(node + 2),
      branches.map(
        ({ operation, input }, branch) => `${branch === 0 ? `${node + 2} =` : '+'} ${operation}(${input})`,
      ),
      `node ${node + 2} adds ${branches.map(({ operation, input }) => `${operation} of ${words(input)}`).join(' and ')}`,
    ),
  );
  return picture(
    `${cell} cell`,
    x(last) + BOX.width + 10,
    height,
    [
      ...ends,
      ...edges,
      ...inputs,
      ...boxes,
      box(end, ['joined'], 'the output: what no node reads, joined'),
    ].join(''),
  );
}
