import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRng } from '../../src/base/rng.ts';
import { Arena } from '../../src/cpu/arena.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { compileKernels } from '../../src/cpu/kernels.ts';
import { CpuModel } from '../../src/cpu/model.ts';
import { Threads } from '../../src/cpu/threads.ts';
import type { Backend } from '../../src/net/backend.ts';
import { NetworkBuilder } from '../../src/net/builder.ts';
import { blockCase, cases, someBatch, someWeights } from '../contract/backend-cases.ts';

const plain = { kind: 'sgd', momentum: 0, nesterov: false, ema: false } as const;
const options = { learningRate: 0.1, weightDecay: 0, labelSmoothing: 0, emaDecay: 0, dropoutSeed: 0 };

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 2 });
});
afterAll(() => backend.close());

test('timers fire while a step is computed', async () => {
  const builder = new NetworkBuilder({ h: 32, w: 32, c: 8 });
  const conv = builder.conv('conv', builder.input, { filters: 64, kernel: 5 });
  const path = builder.finish(builder.dense('head', builder.globalPool('pool', conv), { units: 5 }));
  const model = await backend.build(path.weights, plain);
  await model.write(someWeights(path.weights));
  // long enough for a timer, however fast the kernels are
  const batch = someBatch(path.input, 256);
  await model.step(path, batch, options);
  let fired = 0;
  const timer = setInterval(() => fired++, 1);
  await model.step(path, batch, options);
  clearInterval(timer);
  expect(fired).toBeGreaterThan(2);
  await model.close();
});

test.each([1, 1000])('variance is exact for a mean %i standard deviations from zero', async (distance) => {
  const builder = new NetworkBuilder({ h: 16, w: 16, c: 5 });
  const normal = builder.batchNorm('bn', builder.input, { decay: 0.9, epsilon: 1e-3 });
  const path = builder.finish(builder.dense('head', builder.globalPool('pool', normal), { units: 5 }));
  const model = await backend.build(path.weights, plain);
  const rng = createRng(1);
  const size = 64;
  const images = Float32Array.from({ length: size * 16 * 16 * 5 }, () => distance + rng.normal());
  // One image of a batch lies apart, as a border or a dead sensor does.
  images.fill(0, 0, 16 * 16 * 5);
  await model.recalibrate(path, [{ size, images, labels: new Int32Array(size) }]);
  const { data } = (await model.read(['bn.moving-variance'])).get('bn.moving-variance')!;
  for (let c = 0; c < 5; c++) {
    const values = Array.from({ length: size * 256 }, (_, r) => images[r * 5 + c]!);
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    expect(Math.abs(data[c]! / variance - 1)).toBeLessThan(2e-6);
  }
  await model.close();
});

test('variance of a small spread about a large mean', async () => {
  const builder = new NetworkBuilder({ h: 16, w: 16, c: 5 });
  const normal = builder.batchNorm('bn', builder.input, { decay: 0.9, epsilon: 1e-3 });
  const path = builder.finish(builder.dense('head', builder.globalPool('pool', normal), { units: 5 }));
  const model = await backend.build(path.weights, plain);
  const rng = createRng(2);
  const images = Float32Array.from({ length: 64 * 256 * 5 }, () => 1000 + 0.1 * rng.normal());
  await model.recalibrate(path, [{ size: 64, images, labels: new Int32Array(64) }]);
  const { data } = (await model.read(['bn.moving-variance'])).get('bn.moving-variance')!;
  const exact = images.reduce((sum, x) => sum + (x - 1000) ** 2, 0) / images.length;
  for (const variance of data) expect(Math.abs(variance / exact - 1)).toBeLessThan(0.05);
  await model.close();
});

test.each(['relu', 'h-swish', 'swish', 'tanh'])('a NaN behind %s shows in the loss', async (name) => {
  const { path, weights } = cases.find((one) => one.name === name)!;
  const model = await backend.build(weights, plain);
  await model.write(someWeights(weights));
  const batch = someBatch(path.input, 2);
  batch.images[0] = Number.NaN;
  expect((await model.gradients(path, batch, { labelSmoothing: 0 })).loss).toBeNaN();
  await model.close();
});

test('a job that fails in the kernels is refused, and so is everything after it', async () => {
  // Native code that fails takes its process with it; an attempt is a process of its own.
  const threads = new Threads(await compileKernels());
  const at = 5_000_000;
  threads.ensure(at + 100_000);
  new Int32Array(threads.memory.buffer, at, 2).set([999, 1]);
  const job = {
    plan: at,
    ops: 1,
    threads: 2,
    scratch: at + 1024,
    scratchBytes: 1024,
    counters: at + 512,
    times: 0,
    repeats: 1,
    samples: 0,
  };
  await expect(threads.run(job)).rejects.toThrow(/unreachable/);
  await expect(threads.run(job)).rejects.toThrow(/unreachable/);
  expect(() => threads.ensure(2 ** 33)).toThrow('the network needs 8192 MiB of memory');
  await threads.close();
});

test('the kernels have a step when its call returns, before anyone awaits it', async () => {
  const threads = new Threads(await compileKernels());
  const { path, weights } = blockCase();
  const model = new CpuModel(weights, plain, threads, new Arena(threads), 2);
  const batch = someBatch(path.input, 3);
  await model.step(path, batch, options);
  // the number of the job, the first of the control words
  const word = new Int32Array(threads.memory.buffer, 1024, 1);
  const before = Atomics.load(word, 0);
  const running = model.step(path, batch, options);
  expect(Atomics.load(word, 0)).toBe(before + 1);
  await running;
  await model.close();
  await threads.close();
});

test('a model that is closed gives its place back, whatever was built meanwhile', async () => {
  const threads = new Threads(await compileKernels());
  const arena = new Arena(threads);
  const { weights } = blockCase();
  const free = arena.workspace;
  const make = () => new CpuModel(weights, plain, threads, arena, 1);
  const [first, second] = [make(), make()];
  const two = arena.workspace;
  expect(two - free).toBeGreaterThan(4 * weights.length);
  await first.close();
  await first.close();
  const third = make();
  expect(arena.workspace).toBe(two);
  for (const model of [second, third]) await model.close();
  expect(arena.workspace).toBe(free);
  await threads.close();
});

test('a latency can be timed on more threads than the backend trains with', async () => {
  const other = await openCpuBackend({ threads: 1 });
  const { path, weights, batch } = blockCase();
  const model = await other.build(weights, plain);
  await model.write(someWeights(weights));
  const images = someBatch(path.input, batch);
  const before = await model.evaluate(path, images, { statistics: 'moving' });
  const samples = await other.time(path, { batch: 4, warmup: 2, repeats: 20, threads: 3 });
  expect([...samples].every((ms) => ms > 0 && ms < 10_000)).toBe(true);
  expect(await model.evaluate(path, images, { statistics: 'moving' })).toEqual(before);
  await other.close();
});

test('a closed backend refuses work; closing twice is the same as once', async () => {
  const other = await openCpuBackend({ threads: 1 });
  const { path, weights } = blockCase();
  const model = await other.build(weights, plain);
  await other.close();
  await other.close();
  await expect(model.step(path, someBatch(path.input, 2), options)).rejects.toThrow(/closed/);
});

test('a call that does not await another is refused, and the other is not disturbed', async () => {
  const { path, weights } = blockCase();
  const [first, second] = [await backend.build(weights, plain), await backend.build(weights, plain)];
  for (const model of [first, second]) await model.write(someWeights(weights));
  const batch = someBatch(path.input, 8);
  const running = first.step(path, batch, options);
  const refusal = 'internal error: expected one call of a backend at a time, got a second';
  // all asked before anything is awaited, for the first may be quick
  const late = await Promise.allSettled([second.step(path, batch, options), backend.build(weights, plain)]);
  for (const each of late) {
    expect(each).toMatchObject({ status: 'rejected', reason: { message: expect.stringContaining(refusal) } });
  }
  const { loss } = await running;
  expect(loss).toBe((await second.step(path, batch, options)).loss);
  for (const model of [first, second]) await model.close();
});

test('closing refuses the job that is under way', async () => {
  const other = await openCpuBackend({ threads: 2 });
  const { path, weights } = blockCase();
  const model = await other.build(weights, plain);
  const step = expect(model.step(path, someBatch(path.input, 64), options)).rejects.toThrow(/closed/);
  await other.close();
  await step;
});

test('a process ends although it did not close its backend', ({ skip }) => {
  const built = fileURLToPath(new URL('../../dist/cpu/index.js', import.meta.url));
  if (!existsSync(built)) return skip('dist is not built');
  const code = `const { openCpuBackend } = await import(${JSON.stringify(pathToFileURL(built).href)});
    const backend = await openCpuBackend({ threads: 2 });
    const weights = [{ name: 'w', shape: [1, 2], init: { kind: 'zeros' }, trainable: true, decay: false }];
    const model = await backend.build(weights, { kind: 'sgd', momentum: 0, nesterov: false, ema: false });
    const layer = { op: 'dense', id: 'd', inputs: ['input'], output: { h: 1, w: 1, c: 2 }, weight: 'w' };
    const path = { input: { h: 1, w: 1, c: 1 }, layers: [layer], output: 'd', weights };
    const batch = { size: 1, images: new Float32Array([1]), labels: new Int32Array([0]) };
    const { loss } = await model.gradients(path, batch, { labelSmoothing: 0 });
    console.log(loss.toFixed(4));`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '0.6931\n' });
});
