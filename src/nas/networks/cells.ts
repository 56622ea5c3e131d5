import { never } from '../../base/result.ts';
import { convBnAct } from '../../net/blocks.ts';
import type { Handle, NetworkBuilder } from '../../net/builder.ts';
import { factorizedReduction, rowThenColumn, separable } from '../../net/cell-blocks.ts';
import type { Network, WeightSpec } from '../../net/network.ts';
import type { CellSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { CellBranch } from '../space/cells.ts';
import { type CELLS, cellNodes, isReduction, looseEnds, orderedCells } from '../space/cells.ts';
import type { Encoding } from '../space/choice.ts';
import type { Joined } from './join.ts';
import { Assembly } from './join.ts';
import { plainHead } from './plain-head.ts';
import type { SharedWeights } from './shared.ts';
import { byName } from './shared.ts';

/** What one side of a node may be; several are averaged. */
type Side = readonly CellBranch[];

/** A cell: its nodes, and the tensors that are its output. */
interface CellPlan {
  readonly nodes: readonly (readonly [Side, Side])[];
  readonly ends: readonly number[];
}
type CellPlans = { readonly [cell in (typeof CELLS)[number]]: CellPlan };

/** Channels of the stem, as a multiple of the first cells' (ENAS micro_child). */
const STEM = 3;

/** The network of one architecture alone. */
export const cellNetwork = (space: CellSpace, encoding: Encoding): Network =>
  assemble(space, chosen(space, encoding)).network;

/**
 * Each side of each node of each cell of the stack has weights of its own for every input and operation, and what
 * reads the loose ends has some for every tensor that may be one (ENAS, release micro_child).
 */
export function cellShared(space: CellSpace): SharedWeights {
  const { weights } = assemble(space, everything(space), 'all').network;
  const shared = byName(weights);
  return {
    weights,
    path: (encoding) => assemble(space, chosen(space, orderedCells(encoding)), shared).network,
    warmup: (encoding, mixed) =>
      assemble(space, averaged(space, orderedCells(encoding), mixed), shared).network,
    inherit(encoding, supernet) {
      const { network, assembly } = assemble(space, chosen(space, encoding));
      return assembly.inherit(network, supernet);
    },
  };
}

const chosen = (space: CellSpace, encoding: Encoding): CellPlans => averaged(space, encoding, new Set());

const everything = ({ nodes, operations }: CellSpace): CellPlans => {
  const sides = (node: number): Side =>
    Array.from({ length: node + 2 }, (_, input) =>
      operations.map((operation) => ({ input, operation })),
    ).flat();
  const cell: CellPlan = {
    nodes: Array.from({ length: nodes }, (_, node) => [sides(node), sides(node)] as const),
    ends: Array.from({ length: nodes + 2 }, (_, index) => index),
  };
  return { normal: cell, reduction: cell };
};

/** All inputs or all operations of a side in equal parts; loose ends stay those of the encoding. */
function averaged(space: CellSpace, encoding: Encoding, mixed: ReadonlySet<string>): CellPlans {
  const found = cellNodes(space, encoding);
  const plan = (cell: (typeof CELLS)[number]): CellPlan => ({
    nodes: found[cell].map((branches, node) => {
      const side = (which: 1 | 2): Side => {
        const { input, operation } = branches[which - 1]!;
        const id = `${cell}.n${node}`;
        const inputs = mixed.has(`${id}.input${which}`)
          ? Array.from({ length: node + 2 }, (_, each) => each)
          : [input];
        const operations = mixed.has(`${id}.op${which}`) ? space.operations : [operation];
        return inputs.flatMap((from) => operations.map((op) => ({ input: from, operation: op })));
      };
      return [side(1), side(2)] as const;
    }),
    ends: looseEnds(found[cell]),
  });
  return { normal: plan('normal'), reduction: plan('reduction') };
}

/**
 * A network of cells (Zoph et al. 2018; Pham et al. 2018 §2.3, release micro_child). In the form `final` reduction cells
 * stride in the operations that read their inputs, and loose ends are concatenated; in the form `search` a factorised
 * reduction goes before the reduction cell, and a 1x1 convolution behind the loose ends.
 */
function assemble(
  space: CellSpace,
  plans: CellPlans,
  weights?: ReadonlyMap<string, WeightSpec> | 'all',
): { readonly network: Network; readonly assembly: Assembly } {
  const { batchNorm, layers, form } = space;
  const assembly = new Assembly(space.input, weights);
  const { builder } = assembly;
  const stem = convBnAct(builder, 'stem', builder.input, {
    filters: STEM * space.filters,
    kernel: 3,
    batchNorm,
  });
  let filters = space.filters;
  let [before, x]: [Joined, Joined] = [stem, stem];
  for (let index = 0; index < layers + 2; index++) {
    const id = `c${index}`;
    const reduces = isReduction(space, index);
    if (reduces) filters *= 2;
    if (reduces && form === 'search') {
      const half = factorizedReduction(builder, `${id}.half`, x, { filters, batchNorm });
      [before, x] = [x, half];
    }
    const plan = reduces ? plans.reduction : plans.normal;
    const stride = reduces && form === 'final' ? 2 : 1;
    const out = addCell({ assembly, space, id, filters, stride }, [before, x], plan);
    [before, x] = [x, out];
  }
  const last = assembly.each(x, (tensor) => builder.activation('last.act', tensor, 'relu'));
  return { network: builder.finish(plainHead(assembly, last, space)), assembly };
}

interface Place {
  readonly assembly: Assembly;
  readonly space: CellSpace;
  /** Of the cell. */
  readonly id: string;
  readonly filters: number;
  readonly stride: 1 | 2;
}

function addCell(
  place: Place,
  [first, second]: readonly [Joined, Joined],
  { nodes, ends }: CellPlan,
): Joined {
  const { assembly, space, id, filters, stride } = place;
  const { builder } = assembly;
  const { batchNorm, form } = space;
  const active = (name: string, tensor: Joined): Joined =>
    assembly.each(tensor, (each) => builder.activation(`${name}.before`, each, 'relu'));
  const project = (name: string, tensor: Joined): Handle =>
    builder.batchNorm(`${name}.bn`, assembly.conv(`${name}.conv`, active(name, tensor), filters), batchNorm);
  let x: Handle = first;
  if (x.shape.h !== second.shape.h || x.shape.w !== second.shape.w) {
    const { shares, ...before } = active(`${id}.fit0`, first);
    const conv = (name: string, tensor: Handle, count: number): Handle =>
      assembly.conv(name, shares === undefined ? tensor : { ...tensor, shares }, count);
    x = factorizedReduction(builder, `${id}.fit0`, before, { filters, batchNorm, conv });
  } else if (x.shape.c !== filters) x = project(`${id}.fit0`, first);
  const fitting: Handle = second.shape.c === filters ? second : project(`${id}.fit1`, second);
  const y = form === 'final' ? project(`${id}.base`, { id: fitting.id, shape: fitting.shape }) : fitting;
  const tensors: Handle[] = [x, y];
  for (const [index, sides] of nodes.entries()) {
    const [a, b] = sides.map((side, which) => {
      const name = `${id}.n${index}.${which + 1}`;
      const all = side.map(({ input, operation }) =>
        branch(
          builder,
          space,
          `${name}.from${input}.${operation}`,
          tensors[input]!,
          operation,
          filters,
          input < 2 ? stride : 1,
        ),
      );
      return all.length === 1
        ? all[0]!
        : builder.mix(
            `${name}.all`,
            all,
            all.map(() => 1 / all.length),
          );
    });
    tensors.push(builder.add(`${id}.n${index}`, a!, b!));
  }
  const parts = ends.map((index) => {
    const tensor = tensors[index]!;
    const halved =
      stride === 1 || index > 1
        ? tensor
        : factorizedReduction(builder, `${id}.end${index}`, tensor, { filters, batchNorm });
    return { source: `from${index}`, tensor: halved };
  });
  const all = assembly.concat(`${id}.ends`, parts);
  return form === 'final' ? all : project(`${id}.out`, all);
}

function branch(
  builder: NetworkBuilder,
  { batchNorm }: CellSpace,
  id: string,
  from: Handle,
  operation: CellBranch['operation'],
  filters: number,
  stride: 1 | 2,
): Handle {
  const activation = 'relu';
  switch (operation) {
    case 'sep3':
    case 'sep5':
    case 'sep7':
      return separable(builder, id, from, {
        filters,
        kernel: Number(operation.at(-1)),
        stride,
        activation,
        batchNorm,
      });
    case 'dilated3':
      return separable(builder, id, from, { filters, kernel: 3, stride, dilation: 2, activation, batchNorm });
    case 'row7':
      return rowThenColumn(builder, id, from, { filters, side: 7, stride, activation, batchNorm });
    case 'avg3':
    case 'max3':
      return builder.pool(id, from, { fn: operation === 'avg3' ? 'average' : 'max', kernel: 3, stride });
    case 'identity':
      return stride === 1 ? from : factorizedReduction(builder, id, from, { filters, batchNorm });
    default:
      return never(operation);
  }
}
