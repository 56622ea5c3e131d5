import { expect, test } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { deviceOf } from '../../src/engine/identity/environment.ts';
import type { Probe } from '../../src/schema/generated/probe.ts';

const info = {
  name: 'onnx',
  build: 'onnxruntime-node',
  instructionSet: 'onnxruntime 1.2.3',
  threads: 1,
} as const;
const device = { name: 'a desk', arch: 'x64', backend: 'cpu/wasm', instructionSet: 'simd', threads: 8 };
const probe: Probe = {
  v: 1,
  numericsVersion: 1,
  cpu: 'a processor',
  cores: 8,
  memoryMiB: 100,
  backends: [],
  runtimes: [{ name: 'onnxruntime-node', info }],
  device,
};

test('a device is what the params make of it: runtime and threads enter the fingerprint', () => {
  expect(deviceOf(ok(probe))).toEqual(ok(device));
  expect(deviceOf(ok(probe), { runtime: 'backend', threads: 1 })).toEqual(ok({ ...device, threads: 1 }));
  expect(deviceOf(ok(probe), { runtime: 'onnxruntime-node', threads: 2 })).toEqual(
    ok({
      name: 'a desk',
      arch: 'x64',
      backend: 'onnx/onnxruntime-node',
      instructionSet: 'onnxruntime 1.2.3',
      threads: 2,
    }),
  );
});

test('a runtime that is not there is said, with what was found', () => {
  const without: Probe = { ...probe, runtimes: [{ name: 'onnxruntime-node', why: 'it is not installed' }] };
  expect(deviceOf(ok(without), { runtime: 'onnxruntime-node' })).toMatchObject({
    ok: false,
    failures: [
      {
        code: 'no-runtime',
        message: 'latencies cannot be measured on onnxruntime-node: it is not installed',
      },
    ],
  });
  expect(deviceOf(ok(probe), { runtime: 'phone' })).toMatchObject({
    failures: [{ message: 'latencies cannot be measured on phone: naspipe knows no runtime "phone"' }],
  });
});
