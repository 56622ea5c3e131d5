import { bytes, float, integer, joined, message, text } from './protobuf.ts';

/** Version of the operators (ai.onnx) that graphs use, and of the file format that goes with it. */
const OPSET = 17;
const FORMAT = 8;

const FLOAT = 1;
const INT64 = 7;

/** Numbers in a graph: floats, or whole numbers where an operator wants sizes or positions. */
export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** Name → a float (`{ float }`), a whole number or several. */
export interface Attributes {
  readonly [name: string]: number | readonly number[] | { readonly float: number };
}

export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Attributes;
}

/** An input or output: its name and sides; a name for the side that is settled when the graph runs. */
export interface Port {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly name: string;
  readonly input: Port;
  readonly output: Port;
  readonly constants: readonly Constant[];
  readonly nodes: readonly Node[];
}

/** Bytes of an ONNX file (`ModelProto` of onnx.proto, IR 8, opset 17) with texts by key beside its graph. */
export function modelBytes(graph: Graph, metadata: { readonly [key: string]: string }): Uint8Array {
  return joined([
    integer(1, FORMAT),
    text(2, 'naspipe'),
    message(7, [
      ...graph.nodes.map((node, i) => message(1, nodeParts(node, i))),
      text(2, graph.name),
      ...graph.constants.map((constant) => message(5, constantParts(constant))),
      message(11, portParts(graph.input)),
      message(12, portParts(graph.output)),
    ]),
    message(8, [text(1, ''), integer(2, OPSET)]),
    ...Object.entries(metadata).map(([key, value]) => message(14, [text(1, key), text(2, value)])),
  ]);
}

const nodeParts = ({ operator, inputs, output, attributes }: Node, at: number): Uint8Array[] => [
  ...inputs.map((input) => text(1, input)),
  text(2, output),
  text(3, `${at} ${operator}`),
  text(4, operator),
  ...Object.entries(attributes).map(([name, value]) => message(5, [text(1, name), ...valueParts(value)])),
];

/** The value of an attribute and its type. */
const valueParts = (value: Attributes[string]): Uint8Array[] => {
  if (typeof value === 'number') return [integer(3, value), integer(20, 2)];
  if ('float' in value) return [float(2, value.float), integer(20, 1)];
  return [...value.map((each) => integer(8, each)), integer(20, 7)];
};

const constantParts = ({ name, dims, data }: Constant): Uint8Array[] => [
  ...dims.map((side) => integer(1, side)),
  integer(2, data instanceof Float32Array ? FLOAT : INT64),
  text(8, name),
  bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
];

const portParts = ({ name, dims }: Port): Uint8Array[] => {
  const sides = dims.map((side) => message(1, [typeof side === 'number' ? integer(1, side) : text(2, side)]));
  return [text(1, name), message(2, [message(1, [integer(1, FLOAT), message(2, sides)])])];
};
