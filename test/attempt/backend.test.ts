import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { numericsVersion } from '../../src/net/backend.ts';
import type { Probe } from '../../src/schema/generated/probe.ts';
import { builds } from '../cpu/builds.ts';
import { version } from '../onnx/installed.ts';
import { temporaryStore } from '../store/fixture.ts';
import { attemptOnce, draftOf, TRAIN } from './fixture.ts';

const main = path.resolve(import.meta.dirname, '../../dist/attempt/main.js');

const probe = (...args: string[]): Probe => probeWith({}, ...args);
const probeWith = (env: object, ...args: string[]): Probe =>
  JSON.parse(
    spawnSync(process.execPath, [main, '--probe', ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    }).stdout,
  ) as Probe;

const device = (over = {}) => {
  const { device: found } = probe('--quick', '--backend', 'cpu');
  return { ...found!, ...over };
};

const needs = { backend: true, device: false };

test('a probe says what there is, what works, how fast it is, and what attempts would take', () => {
  const found = probe('--threads', '1');
  const cpu = found.backends.find(({ name }) => name === 'cpu')!;
  expect(cpu).toMatchObject({ ok: true, info: { name: 'cpu', threads: 1 } });
  expect(['wasm', 'native']).toContain(cpu.info!.build);
  expect(cpu.imagesPerSecond).toBeGreaterThan(10);
  expect(found.chosen).toBeDefined();
  expect(found.device).toMatchObject({ name: found.cpu, arch: process.arch, threads: 1 });
  for (const { ok, why } of found.backends) expect(ok === (why === undefined)).toBe(true);
});

test('PIPE_CPU says which build of the kernels computes', async () => {
  const cpu = (value: string) =>
    probeWith({ PIPE_CPU: value }, '--quick', '--threads', '1').backends.find(({ name }) => name === 'cpu')!;
  const wasm = cpu('wasm');
  expect(wasm).toMatchObject({ ok: true, info: { build: 'wasm', instructionSet: 'wasm-simd128' } });
  expect(wasm.faster).toMatch(/native build/);
  expect(cpu('avx3')).toEqual({
    name: 'cpu',
    ok: false,
    why: 'PIPE_CPU is "avx3": it may be avx512, avx2, baseline or wasm',
  });
  const { name, kernels } = (await builds()).find((each) => each.name === 'baseline')!;
  expect(cpu(name)).toMatchObject(
    kernels === undefined
      ? { ok: false, why: 'PIPE_CPU is "baseline": there is no native build: npm run build:native' }
      : { ok: true, info: { build: 'native', instructionSet: kernels.instructionSet } },
  );
});

test('a stage trains on the backend; record and checkpoint carry its numerics key, and the record its threads', async () => {
  const store = await temporaryStore();
  const draft = draftOf('train', { params: { steps: 5 }, needs, backend: 'cpu', threads: 1 });
  const { outcome, entries } = await attemptOnce(store, draft, TRAIN);
  expect(outcome).toMatchObject({ status: 'committed' });
  expect(entries[1]!.event).toMatchObject({ type: 'backend-chosen', backend: { name: 'cpu', threads: 1 } });
  const { backend, instructionSet } = device();
  const key = { backend, instructionSet, numericsVersion };
  expect((await store.checkpoints.newest(draft.fingerprint))!.numerics).toEqual(key);
  const { record } = await store.records.find(draft.fingerprint);
  expect(record!.lineage).toMatchObject({ numerics: key, backend: { threads: 1 } });

  await store.checkpoints.load(draft.fingerprint);
  const other = await temporaryStore();
  const two = await attemptOnce(other, { ...draft, threads: 2 }, TRAIN);
  expect(two.outcome).toMatchObject({ event: { outputs: record!.outputs } });
});

test('a stage that was planned for another device refuses to measure this one', async () => {
  const store = await temporaryStore();
  const here = device();
  const planned = { ...here, instructionSet: 'other' };
  const draft = draftOf('measure', {
    params: { steps: 1 },
    needs: { backend: true, device: true },
    backend: 'cpu',
    device: planned,
  });
  const { outcome } = await attemptOnce(store, draft, TRAIN);
  expect(outcome).toEqual({
    status: 'failed',
    code: 'device-changed',
    message: `the stage was planned for ${here.backend} other, but this is ${here.backend} ${here.instructionSet}`,
  });
});

test('a label of the device reaches the stage', async () => {
  const store = await temporaryStore();
  const draft = draftOf('measure', {
    params: { steps: 1 },
    needs: { backend: true, device: true },
    backend: 'cpu',
    device: device({ name: 'the laptop' }),
  });
  const { outcome } = await attemptOnce(store, draft, TRAIN);
  expect(outcome.status).toBe('committed');
  const { record } = await store.records.find(draft.fingerprint);
  expect(record!.lineage.device!.name).toBe('the laptop');
});

const TIME = `
export default { async run({ timer }) {
  const found = await timer();
  const path = { input: { h: 1, w: 1, c: 2 }, output: 'pooled', weights: [], layers: [
    { id: 'pooled', op: 'global-pool', inputs: ['input'], output: { h: 1, w: 1, c: 2 } }] };
  return { out: (await found.time(path, { batch: 1, warmup: 0, repeats: 3 })).length };
} };`;

test('what a stage measures on is opened with the threads of the device, not with those of the run', async () => {
  const store = await temporaryStore();
  const draft = draftOf('measure', {
    needs: { backend: true, device: true },
    backend: 'cpu',
    threads: 1,
    device: device({ threads: 2 }),
  });
  const { outcome, entries } = await attemptOnce(store, draft, TIME);
  expect(outcome.status).toBe('committed');
  expect(entries[1]!.event).toMatchObject({ type: 'backend-chosen', backend: { name: 'cpu', threads: 2 } });
});

test('a stage measures on another build of the kernels, and its timer is that build', async () => {
  const store = await temporaryStore();
  const builds = probe('--quick', '--backend', 'cpu').runtimes.filter(({ name }) => name.startsWith('cpu-'));
  expect(builds.map(({ name }) => name)).toEqual(['cpu-avx512', 'cpu-avx2', 'cpu-baseline', 'cpu-wasm']);
  for (const { name, info } of builds) {
    if (info === undefined) continue;
    const draft = draftOf(name, {
      needs: { backend: true, device: true },
      backend: 'cpu',
      device: device({ backend: `cpu/${info.build}`, instructionSet: info.instructionSet, threads: 1 }),
    });
    const { outcome, entries } = await attemptOnce(store, draft, TIME);
    expect(outcome.status).toBe('committed');
    expect(entries[1]!.event).toMatchObject({ type: 'backend-chosen', backend: { ...info, threads: 1 } });
  }
});

test(`a stage measures on onnxruntime-node where it is there (${version}), and says how to install it where it is not`, async () => {
  const store = await temporaryStore();
  const found = probe('--quick', '--backend', 'cpu').runtimes.find(({ name }) => name === 'onnxruntime-node');
  const draft = draftOf('measure', {
    needs: { backend: true, device: true },
    device: device({
      backend: 'onnx/onnxruntime-node',
      instructionSet: found!.info?.instructionSet ?? 'onnxruntime',
    }),
  });
  const { outcome, entries } = await attemptOnce(store, draft, TIME);
  if (found!.info === undefined) {
    expect(found!.why).toMatch(/^onnxruntime-node could not be loaded .*npm install onnxruntime-node$/);
    expect(outcome).toEqual({ status: 'failed', code: 'no-runtime', message: found!.why });
    return;
  }
  expect(outcome.status).toBe('committed');
  expect(entries[1]!.event).toMatchObject({ type: 'backend-chosen', backend: { name: 'onnx' } });
  const { record } = await store.records.find(draft.fingerprint);
  expect(record!.lineage).toMatchObject({
    backend: { name: 'onnx' },
    device: { backend: 'onnx/onnxruntime-node' },
  });
});
