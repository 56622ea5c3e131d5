/**
 * `held.mjs <threads>`: digest of all that three training steps leave behind when thread 0 is held between ops again and
 * again. From the built files, in a process of its own: V8's flags and a job that never ends stay in it.
 */
import { createHash } from 'node:crypto';

const built = '../../dist/';
const { compileKernels } = await import(`${built}cpu/kernels.js`);
const { Threads } = await import(`${built}cpu/threads.js`);
const { Arena, settingAddresses } = await import(`${built}cpu/arena.js`);
const { planPath } = await import(`${built}cpu/plan/plan.js`);
const { runPlan, writeBatch } = await import(`${built}cpu/runner.js`);
const { NetworkBuilder } = await import(`${built}net/builder.js`);
const { mbconv } = await import(`${built}net/blocks.js`);
const { createRng } = await import(`${built}base/rng.js`);

const count = Number(process.argv[2]);
const IMAGES = 9;
const STEPS = 3;

const builder = new NetworkBuilder({ h: 12, w: 12, c: 3 });
const batchNorm = { decay: 0.9, epsilon: 1e-3 };
let x = builder.conv('stem', builder.input, { filters: 16, kernel: 3, stride: 1 });
x = builder.batchNorm('stem/bn', x, batchNorm);
for (const block of ['first', 'second', 'third']) {
  x = mbconv(builder, block, x, {
    expanded: 32,
    output: 16,
    kernel: 3,
    stride: 1,
    activation: 'h-swish',
    squeezeExcite: { squeeze: 8, gate: 'hard-sigmoid' },
    batchNorm,
  });
}
const network = builder.finish(builder.dense('head', builder.globalPool('pool', x), { units: 5 }));

const threads = new Threads(await compileKernels(), new URL('held-worker.mjs', import.meta.url));
await threads.start(count);
const arena = new Arena(threads);
const rng = createRng(1);
const places = new Map(
  network.weights.map((/** @type {{ name: string, shape: number[] }} */ spec) => {
    const size = spec.shape.reduce((a, b) => a * b, 1);
    const [weight, momentum, ema] = [0, 1, 2].map(() => arena.take(size));
    const values = rng.fork(spec.name);
    arena.floats(weight, size).set(Float32Array.from({ length: size }, () => 0.5 + 0.2 * values.normal()));
    return [spec.name, { spec, weight, momentum, ema }];
  }),
);
const base = arena.workspace;
const plan = planPath({
  network,
  images: IMAGES,
  mode: { backward: true, statistics: 'batch', moving: true, dropout: false, gates: false, ema: false },
  update: { optimiser: { kind: 'sgd', momentum: 0.9, nesterov: true, ema: true }, clip: true },
  keepNorms: false,
  loss: true,
  places,
  settings: settingAddresses,
  lanes: threads.kernels.lanes,
  base,
});
for (let step = 0; step < STEPS; step++) {
  const pixels = createRng(step).fork('images');
  const images = Float32Array.from({ length: IMAGES * 12 * 12 * 3 }, () => pixels.normal());
  const labels = Int32Array.from({ length: IMAGES }, (_, i) => i % 5);
  await runPlan(threads, arena, plan, base, { threads: count, times: true }, () => {
    writeBatch(arena, plan, { size: IMAGES, images, labels }, 3);
    const settings = {
      learningRate: 0.1,
      clipNorm: 1,
      gradientScale: 1,
      smoothing: 0,
      weightDecay: 0,
      emaDecay: 0.5,
    };
    for (const [name, value] of Object.entries(settings)) arena.set(name, value);
  });
}
const hash = createHash('sha256');
for (const { spec, weight, momentum, ema } of places.values()) {
  const size = spec.shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1);
  for (const at of [weight, momentum, ema]) hash.update(arena.ints(at, size));
}
process.stdout.write(`${hash.digest('hex')}\n`);
await threads.close();
