import { fail, ok, type Result } from '../base/result.ts';
import { createRng } from '../base/rng.ts';
import type { TimeOptions, Timer } from '../net/backend.ts';
import type { Network, Tensor, WeightSpec } from '../net/network.ts';
import { exportOnnx, ONNX_INPUT } from './export.ts';
import { loadOnnxRuntime, ONNX_PACKAGE } from './onnxruntime.ts';

/**
 * Times networks, exported as ONNX, on the CPU provider of onnxruntime-node with all its optimisations. Fails with
 * `onnxruntime-missing`, saying why and how to install it.
 *
 * @param threads that passes use unless they say otherwise
 */
export function openOnnxTimer(threads = 1, load?: (name: string) => unknown): Result<Timer> {
  try {
    const { ort, version } = loadOnnxRuntime(load);
    const instructionSet = `onnxruntime ${version}`;
    return ok({
      info: { name: 'onnx', build: ONNX_PACKAGE, instructionSet, threads },
      async time(network: Network, options: TimeOptions) {
        const { batch, warmup, repeats } = options;
        const { h, w, c } = network.input;
        const weights = new Map(network.weights.map((spec) => [spec.name, someValues(spec)]));
        const session = await ort.InferenceSession.create(
          exportOnnx(network, weights, { name: 'timed', batch }),
          {
            executionProviders: ['cpu'],
            executionMode: 'sequential',
            intraOpNumThreads: options.threads ?? threads,
            interOpNumThreads: 1,
            logSeverityLevel: 3,
          },
        );
        try {
          const rng = createRng(0).fork('images');
          const pixels = new Float32Array(batch * c * h * w).map(() => rng.uniform() - 0.5);
          const images = new ort.Tensor('float32', pixels, [batch, c, h, w]);
          const samples = new Float64Array(repeats);
          for (let i = -warmup; i < repeats; i++) {
            const started = performance.now();
            await session.run({ [ONNX_INPUT]: images });
            if (i >= 0) samples[i] = performance.now() - started;
          }
          return samples;
        } finally {
          await session.release();
        }
      },
      close: async () => {},
    });
  } catch (error) {
    const [why] = (error as Error).message.split('\n');
    return fail({
      code: 'onnxruntime-missing',
      message: `${ONNX_PACKAGE} could not be loaded (${why}); to install it: npm install ${ONNX_PACKAGE}`,
    });
  }
}

/** Small values of both signs; ones where nothing is trained (a variance must be positive). */
function someValues({ name, shape, trainable }: WeightSpec): Tensor {
  const rng = createRng(0).fork(name);
  const data = new Float32Array(shape.reduce((product, side) => product * side, 1));
  return { shape, data: trainable ? data.map(() => 0.1 * rng.uniform() - 0.05) : data.fill(1) };
}
