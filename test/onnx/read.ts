/** Reads ONNX files back by the wire format alone: field numbers are those of onnx.proto. */

type Fields = ReadonlyMap<number, readonly (number | Uint8Array)[]>;

/** The fields of a message, each in the order in which it comes. */
function fieldsOf(bytes: Uint8Array): Fields {
  const fields = new Map<number, (number | Uint8Array)[]>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new Error('the file ends in the middle of a number');
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    let value: number | Uint8Array;
    if (wire === 0) value = varint();
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw new Error(`field ${field} is longer than what holds it`);
      value = bytes.subarray(at, at + length);
      at += length;
    } else if (wire === 5) {
      value = new DataView(bytes.buffer, bytes.byteOffset + at).getFloat32(0, true);
      at += 4;
    } else throw new Error(`field ${field} has the wire type ${wire}`);
    fields.set(field, [...(fields.get(field) ?? []), value]);
  }
  return fields;
}

const all = (fields: Fields, field: number): Uint8Array[] => (fields.get(field) ?? []) as Uint8Array[];
const numbers = (fields: Fields, field: number): number[] => (fields.get(field) ?? []) as number[];
const string = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const texts = (fields: Fields, field: number): string[] => all(fields, field).map(string);

export interface ReadTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface ReadNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: ReadonlyMap<string, number | readonly number[]>;
}

export interface ReadPort {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

export interface ReadModel {
  readonly format: number;
  readonly producer: string;
  readonly opsets: readonly (readonly [domain: string, version: number])[];
  readonly metadata: ReadonlyMap<string, string>;
  readonly name: string;
  readonly nodes: readonly ReadNode[];
  readonly constants: ReadonlyMap<string, ReadTensor>;
  readonly inputs: readonly ReadPort[];
  readonly outputs: readonly ReadPort[];
}

function attribute(bytes: Uint8Array): [string, number | readonly number[]] {
  const fields = fieldsOf(bytes);
  const [type] = numbers(fields, 20);
  const value = type === 1 ? numbers(fields, 2)[0] : type === 2 ? numbers(fields, 3)[0] : numbers(fields, 8);
  return [texts(fields, 1)[0]!, value!];
}

function tensor(bytes: Uint8Array): [string, ReadTensor] {
  const fields = fieldsOf(bytes);
  const raw = Uint8Array.from(all(fields, 9)[0]!).buffer;
  const data =
    numbers(fields, 2)[0] === 1 ? new Float32Array(raw) : Float32Array.from(new BigInt64Array(raw), Number);
  const dims = numbers(fields, 1);
  if (data.length !== dims.reduce((product, side) => product * side, 1))
    throw new Error('sides without values');
  return [texts(fields, 8)[0]!, { dims, data }];
}

function port(bytes: Uint8Array): ReadPort {
  const fields = fieldsOf(bytes);
  const type = fieldsOf(all(fieldsOf(all(fields, 2)[0]!), 1)[0]!);
  if (numbers(type, 1)[0] !== 1) throw new Error('a port that holds no floats');
  const dims = all(fieldsOf(all(type, 2)[0]!), 1).map((side) => {
    const read = fieldsOf(side);
    return numbers(read, 1)[0] ?? texts(read, 2)[0]!;
  });
  return { name: texts(fields, 1)[0]!, dims };
}

export function readOnnx(bytes: Uint8Array): ReadModel {
  const model = fieldsOf(bytes);
  const graph = fieldsOf(all(model, 7)[0]!);
  return {
    format: numbers(model, 1)[0]!,
    producer: texts(model, 2)[0]!,
    opsets: all(model, 8).map((opset) => {
      const fields = fieldsOf(opset);
      return [texts(fields, 1)[0]!, numbers(fields, 2)[0]!];
    }),
    metadata: new Map(
      all(model, 14).map((entry) => {
        const fields = fieldsOf(entry);
        return [texts(fields, 1)[0]!, texts(fields, 2)[0]!];
      }),
    ),
    name: texts(graph, 2)[0]!,
    nodes: all(graph, 1).map((bytes) => {
      const fields = fieldsOf(bytes);
      return {
        operator: texts(fields, 4)[0]!,
        inputs: texts(fields, 1),
        output: texts(fields, 2)[0]!,
        attributes: new Map(all(fields, 5).map(attribute)),
      };
    }),
    constants: new Map(all(graph, 5).map(tensor)),
    inputs: all(graph, 11).map(port),
    outputs: all(graph, 12).map(port),
  };
}
