import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import util from 'node:util';
import type { Failure, Result } from '../base/result.ts';
import { fail, ok } from '../base/result.ts';
import type { BackendInfo } from '../net/backend.ts';

/** The part of TensorFlow.js that all its packages share. */
export type Tf = typeof import('@tensorflow/tfjs-core');

export interface RuntimeOptions {
  /**
   * `auto`: `@tensorflow/tfjs-node-gpu`, then `@tensorflow/tfjs-node`, whichever is installed.
   * `cpu`: tfjs-core with its plain JavaScript kernels: slow, the reference that others are checked against.
   */
  readonly runtime: 'auto' | 'cpu';
  /** Threads of TensorFlow on a CPU, settled by the first opening in a process; default: one a core. */
  readonly threads?: number;
}

export interface Runtime {
  readonly tf: Tf;
  readonly info: BackendInfo;
  /** Makes this runtime's kernels the ones that ops run on: every TensorFlow.js in a process shares one engine. */
  readonly use: () => void;
}

/** A runtime on the kernels that are chosen now. */
function runtimeOf(tf: Tf, info: BackendInfo): Runtime {
  const kernels = tf.getBackend();
  return {
    tf,
    info,
    use: () => {
      // Switching between kernels that are loaded is done when the call returns.
      if (tf.getBackend() !== kernels) void tf.setBackend(kernels);
    },
  };
}

const NODE_PACKAGES = [
  { name: '@tensorflow/tfjs-node-gpu', build: 'tfjs-node-gpu' },
  { name: '@tensorflow/tfjs-node', build: 'tfjs-node' },
] as const;

/** Loads a package by name. */
export type Load = (name: string) => Promise<unknown>;

/**
 * Loads TensorFlow.js. Fails with `tensorflow-missing`, saying what was tried and how to install it.
 *
 * @param load how packages are found; default: `import`
 */
export const openRuntime = (
  options: RuntimeOptions,
  load: Load = (name) => import(name),
): Promise<Result<Runtime>> =>
  options.runtime === 'cpu' ? openPlain() : openNative(options.threads ?? availableParallelism(), load);

/** Name of the kernels that tfjs-node registers. */
const NATIVE_KERNELS = 'tensorflow';

async function openNative(threads: number, load: Load): Promise<Result<Runtime>> {
  const settled = prepareProcess(threads);
  const tried: string[] = [];
  for (const { name, build } of NODE_PACKAGES) {
    try {
      const loaded = (await load(name)) as Tf & { default?: Tf };
      const tf = loaded.default ?? loaded;
      await tf.setBackend(NATIVE_KERNELS);
      await tf.ready();
      const instructionSet = `${process.arch} ${cpus()[0]?.model ?? 'unknown'}, tfjs ${tf.version_core}`;
      return ok(runtimeOf(tf, { name: 'tf', build, instructionSet, threads: settled }));
    } catch (error) {
      tried.push(`${name} (${firstLine(error)})`);
    }
  }
  return fail(
    missing(tried, 'npm install @tensorflow/tfjs-node-gpu (or @tensorflow/tfjs-node without a GPU)'),
  );
}

async function openPlain(): Promise<Result<Runtime>> {
  try {
    const tf = await import('@tensorflow/tfjs-core');
    tf.enableProdMode();
    await import('@tensorflow/tfjs-backend-cpu');
    await registerGradients();
    await tf.setBackend('cpu');
    await tf.ready();
    return ok(runtimeOf(tf, { name: 'tf', build: 'tfjs-cpu', instructionSet: 'javascript', threads: 1 }));
  } catch (error) {
    return fail(
      missing(
        [`@tensorflow/tfjs-backend-cpu (${firstLine(error)})`],
        'npm install @tensorflow/tfjs-core @tensorflow/tfjs-backend-cpu',
      ),
    );
  }
}

/**
 * tfjs-core's file for Node comes without the gradients of its ops: they lie beside it as modules that only a bundler
 * can load. They find the loaded engine through a global of TensorFlow.js.
 */
async function registerGradients(): Promise<void> {
  const { build } = await import('esbuild');
  const entry = createRequire(import.meta.url).resolve(
    '@tensorflow/tfjs-core/dist/register_all_gradients.js',
  );
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'silent',
  });
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]!.contents).toString('base64')}`);
}

/**
 * What TensorFlow reads when it is loaded, and a function that tfjs-node calls and Node 23 dropped. Returns the threads
 * that it will use: the environment goes before the argument.
 */
function prepareProcess(threads: number): number {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_DETERMINISTIC_OPS ??= '1';
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean };
  old.isNullOrUndefined ??= (value) => value === null || value === undefined;
  return Number(process.env.TF_NUM_INTRAOP_THREADS);
}

const missing = (tried: readonly string[], remedy: string): Failure => ({
  code: 'tensorflow-missing',
  message: `TensorFlow.js could not be loaded; tried ${tried.join(', ')}; to install it: ${remedy}`,
});

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
