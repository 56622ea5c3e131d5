import type { BackendInfo, Model } from '../net/backend.ts';
import { type BackendFailure, backendFailure } from '../net/backend-failure.ts';

/** As TensorFlow, CUDA and the C++ library say it. */
const OUT_OF_MEMORY =
  /\bOOM\b|out of memory|OUT_OF_MEMORY|RESOURCE_EXHAUSTED|ResourceExhausted|failed to allocate|bad_alloc/i;
const DEVICE_LOST =
  /CUDA_ERROR_(?!OUT_OF_MEMORY)|cudaError(?!MemoryAllocation)|CUDNN_STATUS_(?!ALLOC)|CUBLAS_STATUS_(?!ALLOC)|device\b.*\b(lost|removed|unavailable)/i;

/** What an error of TensorFlow.js says of the device; nothing for any other error. */
export function deviceFailure(
  error: unknown,
  { name, build }: Pick<BackendInfo, 'name' | 'build'>,
): (BackendFailure & Error) | undefined {
  if (!(error instanceof Error)) return undefined;
  const said = error.message.split('\n')[0]!;
  const backend = `the ${name} backend (${build})`;
  if (OUT_OF_MEMORY.test(said)) {
    return backendFailure(
      'out-of-memory',
      `${backend} ran out of memory (${said}); end what else uses the device and run again, or use a smaller batch`,
    );
  }
  if (DEVICE_LOST.test(said)) {
    return backendFailure(
      'device-lost',
      `${backend} lost its device (${said}); see nvidia-smi and dmesg for the cause and run again; --backend cpu starts over without it`,
    );
  }
  return undefined;
}

/** The model, its calls rejecting with a `backendFailure` where the device is to blame. */
export function reporting(model: Model, info: BackendInfo): Model {
  const guarded =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      try {
        return await call.apply(model, args);
      } catch (error) {
        throw deviceFailure(error, info) ?? error;
      }
    };
  return {
    weights: model.weights,
    step: guarded(model.step),
    gradients: guarded(model.gradients),
    evaluate: guarded(model.evaluate),
    recalibrate: guarded(model.recalibrate),
    read: guarded(model.read),
    write: guarded(model.write),
    close: guarded(model.close),
  };
}
