import type { ReadModel, ReadNode, ReadTensor } from './read.ts';

/**
 * Runs a graph by the definitions of its operators (ONNX operators, opset 17), loop by loop, on [batch, c, h, w] images:
 * what is exported is checked where no runtime is installed.
 */
export function interpret(model: ReadModel, images: ReadTensor): ReadTensor {
  const tensors = new Map<string, ReadTensor>(model.constants).set(model.inputs[0]!.name, images);
  for (const node of model.nodes) {
    const inputs = node.inputs.map((name) => {
      const found = tensors.get(name);
      if (found === undefined)
        throw new Error(`${node.operator} reads ${name}, which nothing before it makes`);
      return found;
    });
    if (tensors.has(node.output)) throw new Error(`${node.output} is made twice`);
    tensors.set(node.output, run(node, inputs));
  }
  return tensors.get(model.outputs[0]!.name)!;
}

const size = (dims: readonly number[]): number => dims.reduce((product, side) => product * side, 1);

/** A tensor by a function of the index along every axis. */
function filled(dims: readonly number[], of: (index: readonly number[]) => number): ReadTensor {
  const data = new Float32Array(size(dims));
  const index = dims.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = of(index);
    for (let axis = dims.length - 1; axis >= 0 && ++index[axis]! === dims[axis]; axis--) index[axis] = 0;
  }
  return { dims, data };
}

const at = ({ dims, data }: ReadTensor, index: readonly number[]): number =>
  data[dims.reduce((sum, side, axis) => sum * side + index[axis]!, 0)]!;

const mapped = ({ dims, data }: ReadTensor, of: (x: number) => number): ReadTensor => ({
  dims,
  data: data.map(of),
});

/** Both tensors stretched to one shape, sides aligned at the end. */
function broadcast(a: ReadTensor, b: ReadTensor, of: (x: number, y: number) => number): ReadTensor {
  const rank = Math.max(a.dims.length, b.dims.length);
  const side = ({ dims }: ReadTensor, axis: number): number => dims[axis - rank + dims.length] ?? 1;
  const dims = Array.from({ length: rank }, (_, axis) => {
    const [one, other] = [side(a, axis), side(b, axis)];
    if (one !== other && one !== 1 && other !== 1) throw new Error(`[${a.dims}] does not fit [${b.dims}]`);
    return Math.max(one, other);
  });
  const seen = (tensor: ReadTensor, index: readonly number[]): number =>
    at(
      tensor,
      index.slice(rank - tensor.dims.length).map((i, axis) => (tensor.dims[axis] === 1 ? 0 : i)),
    );
  return filled(dims, (index) => of(seen(a, index), seen(b, index)));
}

interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** What lies under a window: the taps inside of the image. */
function* taps({ dims }: ReadTensor, { kernel, strides, pads, dilations }: Windows, y: number, x: number) {
  for (let i = 0; i < kernel[0]!; i++) {
    for (let j = 0; j < kernel[1]!; j++) {
      const [row, column] = [
        y * strides[0]! - pads[0]! + i * dilations[0]!,
        x * strides[1]! - pads[1]! + j * dilations[1]!,
      ];
      if (row >= 0 && row < dims[2]! && column >= 0 && column < dims[3]!) yield { i, j, row, column };
    }
  }
}

function run({ operator, attributes }: ReadNode, inputs: readonly ReadTensor[]): ReadTensor {
  const x = inputs[0]!;
  const list = (name: string, otherwise: readonly number[]): readonly number[] =>
    (attributes.get(name) as readonly number[] | undefined) ?? otherwise;
  const number = (name: string, otherwise: number): number =>
    (attributes.get(name) as number | undefined) ?? otherwise;
  const windows: Windows = {
    kernel: list('kernel_shape', []),
    strides: list('strides', [1, 1]),
    pads: list('pads', [0, 0, 0, 0]),
    dilations: list('dilations', [1, 1]),
  };
  const side = (axis: 0 | 1): number => {
    const { kernel, strides, pads, dilations } = windows;
    const whole = x.dims[axis + 2]! + pads[axis]! + pads[axis + 2]!;
    return Math.floor((whole - (kernel[axis]! - 1) * dilations[axis]! - 1) / strides[axis]!) + 1;
  };
  switch (operator) {
    case 'Conv': {
      const [, kernel, bias] = inputs;
      const [outs, ins] = kernel!.dims as [number, number];
      const groups = number('group', 1);
      if (ins * groups !== x.dims[1])
        throw new Error(`a kernel of ${ins} × ${groups} for ${x.dims[1]} channels`);
      return filled([x.dims[0]!, outs, side(0), side(1)], ([n, c, y, z]) => {
        const first = Math.floor(c! / (outs / groups)) * ins;
        let sum = bias === undefined ? 0 : bias.data[c!]!;
        for (const { i, j, row, column } of taps(x, windows, y!, z!)) {
          for (let from = 0; from < ins; from++) {
            sum += at(x, [n!, first + from, row, column]) * at(kernel!, [c!, from, i, j]);
          }
        }
        return sum;
      });
    }
    case 'MaxPool':
    case 'AveragePool':
      return filled([x.dims[0]!, x.dims[1]!, side(0), side(1)], ([n, c, y, z]) => {
        const seen = [...taps(x, windows, y!, z!)].map(({ row, column }) => at(x, [n!, c!, row, column]));
        return operator === 'MaxPool' ? Math.max(...seen) : seen.reduce((a, b) => a + b, 0) / seen.length;
      });
    case 'GlobalAveragePool':
    case 'ReduceMean': {
      const axes = operator === 'ReduceMean' ? list('axes', []) : [2, 3];
      const dims = x.dims.map((length, axis) => (axes.includes(axis) ? 1 : length));
      const sums = { dims, data: new Float64Array(size(dims)) as unknown as Float32Array };
      filled(x.dims, (index) => {
        const to = index.map((i, axis) => (axes.includes(axis) ? 0 : i));
        sums.data[dims.reduce((sum, length, axis) => sum * length + to[axis]!, 0)]! += at(x, index);
        return 0;
      });
      return { dims, data: Float32Array.from(sums.data, (sum) => sum / (size(x.dims) / size(dims))) };
    }
    case 'Gemm': {
      const [, kernel, bias] = inputs;
      if (number('transB', 0) !== 1 || kernel!.dims[1] !== x.dims[1])
        throw new Error('a product that does not fit');
      return filled([x.dims[0]!, kernel!.dims[0]!], ([n, c]) => {
        let sum = bias === undefined ? 0 : bias.data[c!]!;
        for (let k = 0; k < x.dims[1]!; k++) sum += at(x, [n!, k]) * at(kernel!, [c!, k]);
        return sum;
      });
    }
    case 'Flatten':
      return { dims: [x.dims[0]!, size(x.dims.slice(1))], data: x.data };
    case 'Unsqueeze':
      return { dims: [...x.dims, ...Array.from(inputs[1]!.data, () => 1)], data: x.data };
    case 'Identity':
      return x;
    case 'Add':
      return broadcast(x, inputs[1]!, (a, b) => a + b);
    case 'Sub':
      return broadcast(x, inputs[1]!, (a, b) => a - b);
    case 'Mul':
      return broadcast(x, inputs[1]!, (a, b) => a * b);
    case 'Div':
      return broadcast(x, inputs[1]!, (a, b) => a / b);
    case 'Sqrt':
      return mapped(x, Math.sqrt);
    case 'Relu':
      return mapped(x, (value) => Math.max(0, value));
    case 'Clip':
      return mapped(x, (value) => Math.min(inputs[2]!.data[0]!, Math.max(inputs[1]!.data[0]!, value)));
    case 'HardSwish':
      return mapped(x, (value) => value * Math.max(0, Math.min(1, value / 6 + 0.5)));
    case 'HardSigmoid':
      return mapped(x, (value) =>
        Math.max(0, Math.min(1, number('alpha', 0.2) * value + number('beta', 0.5))),
      );
    case 'Sigmoid':
      return mapped(x, (value) => 1 / (1 + Math.exp(-value)));
    case 'Tanh':
      return mapped(x, Math.tanh);
    case 'Concat': {
      const axis = number('axis', 0);
      const parts = inputs.flatMap((tensor) =>
        Array.from({ length: tensor.dims[axis]! }, (_, i) => [tensor, i] as const),
      );
      const dims = x.dims.with(axis, parts.length);
      return filled(dims, (index) => {
        const [tensor, i] = parts[index[axis]!]!;
        return at(tensor, index.with(axis, i));
      });
    }
    case 'Slice': {
      const [starts, ends, axes, steps] = inputs.slice(1).map(({ data }) => [...data]);
      const dims = [...x.dims];
      for (const [i, axis] of axes!.entries()) {
        if (ends![i]! > x.dims[axis]!) throw new Error(`a slice to ${ends![i]} of ${x.dims[axis]}`);
        dims[axis] = Math.ceil((ends![i]! - starts![i]!) / steps![i]!);
      }
      return filled(dims, (index) => {
        const from = [...index];
        for (const [i, axis] of axes!.entries()) from[axis] = starts![i]! + index[axis]! * steps![i]!;
        return at(x, from);
      });
    }
    case 'Pad': {
      const pads = [...inputs[1]!.data];
      const rank = x.dims.length;
      const dims = x.dims.map((length, axis) => length + pads[axis]! + pads[axis + rank]!);
      return filled(dims, (index) => {
        const from = index.map((i, axis) => i - pads[axis]!);
        return from.every((i, axis) => i >= 0 && i < x.dims[axis]!) ? at(x, from) : 0;
      });
    }
    case 'Shape': {
      const dims = x.dims.slice(number('start', 0), number('end', x.dims.length));
      return { dims: [dims.length], data: Float32Array.from(dims) };
    }
    case 'ConstantOfShape':
      return filled([...x.data], () => 0);
    default:
      throw new Error(`no operator ${operator}`);
  }
}
