import { never } from '../../base/result.ts';
import { convBnAct } from '../../net/blocks.ts';
import type { Handle } from '../../net/builder.ts';
import { NetworkBuilder } from '../../net/builder.ts';
import { factorizedReduction, rowThenColumn, separable } from '../../net/cell-blocks.ts';
import type { Network } from '../../net/network.ts';
import type { CellSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { CellBranch } from '../space/cells.ts';
import { cellNodes, looseEnds } from '../space/cells.ts';
import type { Encoding } from '../space/choice.ts';
import { plainHead } from './plain-head.ts';

type Nodes = readonly (readonly [CellBranch, CellBranch])[];

/** Channels of the stem, as a multiple of the first cells' (ENAS micro_child). */
const STEM = 3;

/**
 * A network of cells (Zoph et al. 2018; Pham et al. 2018 §2.3, release micro_child). In the form `final` reduction cells
 * stride in the operations that read their inputs, and loose ends are concatenated; in the form `search` a factorised
 * reduction goes before the reduction cell, and a 1x1 convolution behind the loose ends.
 */
export function cellNetwork(space: CellSpace, encoding: Encoding): Network {
  const { batchNorm, layers, form } = space;
  const cells = cellNodes(space, encoding);
  const builder = new NetworkBuilder(space.input);
  const stem = convBnAct(builder, 'stem', builder.input, {
    filters: STEM * space.filters,
    kernel: 3,
    batchNorm,
  });
  const third = Math.floor(layers / 3);
  let filters = space.filters;
  let [before, x] = [stem, stem];
  for (let index = 0; index < layers + 2; index++) {
    const id = `c${index}`;
    const reduces = index === third || index === 2 * third + 1;
    if (reduces) filters *= 2;
    if (reduces && form === 'search') {
      const half = factorizedReduction(builder, `${id}.half`, x, { filters, batchNorm });
      [before, x] = [x, half];
    }
    const nodes = reduces ? cells.reduction : cells.normal;
    const stride = reduces && form === 'final' ? 2 : 1;
    const out = addCell(builder, space, id, [before, x], nodes, filters, stride);
    [before, x] = [x, out];
  }
  return builder.finish(plainHead(builder, builder.activation('last.act', x, 'relu'), space));
}

function addCell(
  builder: NetworkBuilder,
  space: CellSpace,
  id: string,
  [first, second]: readonly [Handle, Handle],
  nodes: Nodes,
  filters: number,
  stride: 1 | 2,
): Handle {
  const { batchNorm, form } = space;
  const project = (name: string, tensor: Handle): Handle =>
    convBnAct(builder, name, builder.activation(`${name}.before`, tensor, 'relu'), {
      filters,
      kernel: 1,
      batchNorm,
    });
  let x = first;
  if (x.shape.h !== second.shape.h || x.shape.w !== second.shape.w) {
    const before = builder.activation(`${id}.fit0.before`, x, 'relu');
    x = factorizedReduction(builder, `${id}.fit0`, before, { filters, batchNorm });
  } else if (x.shape.c !== filters) x = project(`${id}.fit0`, x);
  let y = second.shape.c === filters ? second : project(`${id}.fit1`, second);
  if (form === 'final') y = project(`${id}.base`, y);
  const tensors = [x, y];
  for (const [index, branches] of nodes.entries()) {
    const [a, b] = branches.map(({ input, operation }, side) =>
      branch(
        builder,
        space,
        `${id}.n${index}.${side + 1}.from${input}.${operation}`,
        tensors[input]!,
        operation,
        filters,
        input < 2 ? stride : 1,
      ),
    );
    tensors.push(builder.add(`${id}.n${index}`, a!, b!));
  }
  const ends = looseEnds(nodes).map((index) => {
    const tensor = tensors[index]!;
    if (stride === 1 || index > 1) return tensor;
    return factorizedReduction(builder, `${id}.end${index}`, tensor, { filters, batchNorm });
  });
  const all = ends.length === 1 ? ends[0]! : builder.concat(`${id}.ends`, ends);
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
