import { spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Probe } from '../../src/schema/generated/probe.ts';
import { temporaryStore } from '../store/fixture.ts';
import { attemptOnce, draftOf, TRAIN } from './fixture.ts';

const main = path.resolve(import.meta.dirname, '../../dist/attempt/main.js');

const probe = (...args: string[]): Probe =>
  JSON.parse(spawnSync(process.execPath, [main, '--probe', ...args], { encoding: 'utf8' }).stdout) as Probe;

const device = (over = {}) => {
  const { device: found } = probe('--quick', '--backend', 'cpu');
  return { ...found!, ...over };
};

const needs = { backend: true, device: false };

test('a probe says what there is, what works, how fast it is, and what attempts would take', () => {
  const found = probe('--threads', '1');
  const cpu = found.backends.find(({ name }) => name === 'cpu')!;
  expect(cpu).toMatchObject({ ok: true, info: { name: 'cpu', build: 'wasm', threads: 1 } });
  expect(cpu.imagesPerSecond).toBeGreaterThan(10);
  expect(found.chosen).toBeDefined();
  expect(found.device).toMatchObject({ name: found.cpu, arch: process.arch, threads: 1 });
  for (const { ok, why } of found.backends) expect(ok === (why === undefined)).toBe(true);
});

test('a stage trains on the backend; record and checkpoint carry its numerics key, and the record its threads', async () => {
  const store = await temporaryStore();
  const draft = draftOf('train', { params: { steps: 5 }, needs, backend: 'cpu', threads: 1 });
  const { outcome, entries } = await attemptOnce(store, draft, TRAIN);
  expect(outcome).toMatchObject({ status: 'committed' });
  expect(entries[1]!.event).toMatchObject({ type: 'backend-chosen', backend: { name: 'cpu', threads: 1 } });
  const key = { backend: 'cpu/wasm', instructionSet: 'wasm-simd128', numericsVersion: 1 };
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
  const planned = device({ instructionSet: 'avx512' });
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
    message: 'the stage was planned for cpu/wasm avx512, but this is cpu/wasm wasm-simd128',
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
