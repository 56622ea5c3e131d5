import type { Result } from '../base/result.ts';
import { ok } from '../base/result.ts';
import { createRng } from '../base/rng.ts';
import type { Backend, Batch } from '../net/backend.ts';
import type { Network, Tensor, WeightSpec } from '../net/network.ts';
import { deviceFailure, reporting } from './failures.ts';
import { TfModel } from './model.ts';
import { openRuntime, type Runtime, type RuntimeOptions } from './runtime.ts';

/** The TensorFlow.js backend, or the failure `tensorflow-missing`. */
export async function openTfBackend(options: RuntimeOptions): Promise<Result<Backend>> {
  const runtime = await openRuntime(options);
  return runtime.ok ? ok(backendOf(runtime.value)) : runtime;
}

const backendOf = (runtime: Runtime): Backend => ({
  info: runtime.info,
  async build(weights, optimiser) {
    try {
      return reporting(new TfModel(runtime, weights, optimiser), runtime.info);
    } catch (error) {
      throw deviceFailure(error, runtime.info) ?? error;
    }
  },
  async time(path, { batch, warmup, repeats, threads }) {
    const { info } = runtime;
    if (threads !== undefined && threads !== info.threads) {
      throw new Error(
        `internal error: expected ${info.threads} threads, which ${info.build} settles when it is loaded, got ${threads}`,
      );
    }
    const model = new TfModel(runtime, path.weights, {
      kind: 'sgd',
      momentum: 0,
      nesterov: false,
      ema: false,
    });
    await model.write(new Map(path.weights.map((weight) => [weight.name, someValues(weight)])));
    const images = someBatch(path, batch);
    const samples = new Float64Array(repeats);
    for (let i = -warmup; i < repeats; i++) {
      const started = performance.now();
      await model.evaluate(path, images, { statistics: 'moving' });
      if (i >= 0) samples[i] = performance.now() - started;
    }
    await model.close();
    return samples;
  },
  close: async () => {},
});

/** Small values of both signs; ones where nothing is trained (a variance must be positive). */
function someValues({ name, shape, trainable }: WeightSpec): Tensor {
  const rng = createRng(0).fork(name);
  const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
  return { shape, data: trainable ? data.map(() => 0.1 * rng.uniform() - 0.05) : data.fill(1) };
}

function someBatch({ input }: Network, size: number): Batch {
  const rng = createRng(0).fork('images');
  const images = new Float32Array(size * input.h * input.w * input.c).map(() => rng.uniform() - 0.5);
  return { size, images, labels: new Int32Array(size) };
}
