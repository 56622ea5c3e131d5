import { describe, expect, test } from 'vitest';
import { firstDifference } from '../../src/engine/explain/first-difference.ts';
import type { Tensors } from '../../src/net/network.ts';
import { writeSafetensors } from '../../src/net/safetensors.ts';
import { differenceText } from '../../src/report/verify.ts';

/** What a replay names: the first file, tensor and element in which two artifacts differ. */

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const weights = (values: { readonly [name: string]: readonly number[] }): Uint8Array => {
  const tensors: Tensors = new Map(
    Object.entries(values).map(([name, data]) => [
      name,
      { shape: [data.length], data: Float32Array.from(data) },
    ]),
  );
  return writeSafetensors(tensors);
};
const of = (file: string, a: Uint8Array, b: Uint8Array) =>
  firstDifference(new Map([[file, a]]), new Map([[file, b]]));

describe('tensors', () => {
  const file = 'weights.safetensors';
  const same = { 'a.kernel': [1, 2], 'b.bias': [0, 5, 6] };

  test('are named, with the element and what stands there', () => {
    const other = weights({ ...same, 'b.bias': [0, 5, 7] });
    const first = of(file, weights(same), other)!;
    expect(first).toEqual({ file, tensor: 'b.bias', index: 2, from: '6', to: '7' });
    const told = differenceText({ port: 'model', from: 'a'.repeat(64), to: 'b'.repeat(64), first });
    expect(told).toBe(
      'model aaaaaaaaaaaa → bbbbbbbbbbbb, weights.safetensors, tensor b.bias, index 2: 6 → 7',
    );
  });

  test('the first by name counts, and zeros of either sign differ', () => {
    const other = weights({ 'a.kernel': [1, 3], 'b.bias': [-0, 5, 6] });
    expect(of(file, weights(same), other)).toMatchObject({ tensor: 'a.kernel', index: 1 });
    const signs = weights({ ...same, 'b.bias': [-0, 5, 6] });
    expect(of(file, weights(same), signs)).toMatchObject({ tensor: 'b.bias', index: 0 });
  });

  test('of another shape, or on one side only', () => {
    expect(of(file, weights(same), weights({ ...same, 'b.bias': [0] }))).toEqual({
      file,
      tensor: 'b.bias',
      from: 'shape [3]',
      to: 'shape [1]',
    });
    expect(of(file, weights(same), weights({ 'a.kernel': [1, 2] }))).toEqual({
      file,
      tensor: 'b.bias',
      from: 'shape [3]',
    });
  });

  test('files that are none: the byte', () => {
    expect(of(file, text('abc'), text('abd'))).toEqual({ file, index: 2, from: 'byte 99', to: 'byte 100' });
  });
});

test('JSON and JSON lines: the field; files of one side only, and equal ones', () => {
  expect(of('x.json', text('{"a":[1,{"b":2}]}'), text('{"a":[1,{"b":3}]}'))).toMatchObject({
    field: 'a[1].b',
    from: '2',
    to: '3',
  });
  expect(of('x.jsonl', text('{"a":1}\n{"a":2}\n'), text('{"a":1}\n{"a":4}\n'))).toMatchObject({
    field: '[1].a',
  });
  expect(firstDifference(new Map(), new Map([['x', text('12')]]))).toEqual({ file: 'x', to: '2 bytes' });
  expect(of('x', text('12'), text('1'))).toEqual({ file: 'x', index: 1, from: 'byte 50', to: 'its end' });
  expect(of('x.json', text('1'), text('1'))).toBeUndefined();
});
