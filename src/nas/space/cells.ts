import type { CellSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { ChoiceBlock, Encoding } from './choice.ts';

export const CELLS = ['normal', 'reduction'] as const;

/** Whether a cell of the row, of which there are two more than `layers`, is a reduction cell. */
export function isReduction({ layers }: Pick<CellSpace, 'layers'>, index: number): boolean {
  const third = Math.floor(layers / 3);
  return index === third || index === 2 * third + 1;
}

/** Entries of an encoding a node. */
const PER_NODE = 4;

const layouts = new WeakMap<CellSpace, readonly ChoiceBlock[]>();

/** Of each node of the normal and then the reduction cell: input, operation, input, operation. */
export function cellChoices(space: CellSpace): readonly ChoiceBlock[] {
  const known = layouts.get(space);
  if (known !== undefined) return known;
  const choices = CELLS.flatMap((cell) =>
    Array.from({ length: space.nodes }, (_, node) => {
      const block = `${cell}.n${node}`;
      const inputs = Array.from({ length: node + 2 }, (_, input) => String(input));
      return (['input1', 'op1', 'input2', 'op2'] as const).map(
        (what): ChoiceBlock => ({
          id: `${block}.${what}`,
          block,
          what,
          tag: 'op',
          options: what.startsWith('input') ? inputs : space.operations,
        }),
      );
    }).flat(),
  );
  layouts.set(space, choices);
  return choices;
}

/** One of the two tensors that a node adds. */
export interface CellBranch {
  readonly input: number;
  readonly operation: CellSpace['operations'][number];
}

/** The nodes of both cells. */
export function cellNodes(
  space: CellSpace,
  encoding: Encoding,
): { readonly [cell in (typeof CELLS)[number]]: readonly (readonly [CellBranch, CellBranch])[] } {
  const branch = (at: number): CellBranch => ({
    input: encoding[at]!,
    operation: space.operations[encoding[at + 1]!]!,
  });
  const cell = (first: number) =>
    Array.from({ length: space.nodes }, (_, node) => {
      const at = (first * space.nodes + node) * PER_NODE;
      return [branch(at), branch(at + 2)] as const;
    });
  return { normal: cell(0), reduction: cell(1) };
}

/** Tensors of a cell that no node reads, inputs included: they are its output. */
export function looseEnds(nodes: readonly (readonly [CellBranch, CellBranch])[]): number[] {
  const used = new Set(nodes.flat().map(({ input }) => input));
  return Array.from({ length: nodes.length + 2 }, (_, index) => index).filter((index) => !used.has(index));
}

/** A node's two branches can change places: the one with the smaller input, then operation, is the first. */
export function orderedCells(encoding: Encoding): Encoding {
  const result: number[] = [];
  for (let at = 0; at < encoding.length; at += PER_NODE) {
    const [first, second] = [encoding.slice(at, at + 2), encoding.slice(at + 2, at + PER_NODE)];
    const swapped = first[0]! > second[0]! || (first[0] === second[0] && first[1]! > second[1]!);
    result.push(...(swapped ? [...second, ...first] : [...first, ...second]));
  }
  return result;
}

/** Pairs of cells up to the order of each node's two branches. */
export function distinctCells({ nodes, operations }: CellSpace): bigint {
  let cell = 1n;
  for (let node = 0; node < nodes; node++) {
    const branches = BigInt((node + 2) * operations.length);
    cell *= (branches * (branches + 1n)) / 2n;
  }
  return cell * cell;
}

/** `normal sep3(0)+max3(1), … · reduction …`. */
export function describeCells(space: CellSpace, encoding: Encoding): string {
  const cells = cellNodes(space, encoding);
  const text = ({ input, operation }: CellBranch): string => `${operation}(${input})`;
  return CELLS.map(
    (cell) => `${cell} ${cells[cell].map(([one, two]) => `${text(one)}+${text(two)}`).join(', ')}`,
  ).join(' · ');
}
