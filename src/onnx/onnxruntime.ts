import { createRequire } from 'node:module';

/** The part of onnxruntime-node that is used here. */
export interface OnnxRuntime {
  readonly env: { readonly versions: { readonly node?: string; readonly common: string } };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<Session>;
  };
}

export interface OrtTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface Session {
  run(feeds: { readonly [input: string]: OrtTensor }): Promise<{ readonly [output: string]: OrtTensor }>;
  release(): Promise<void>;
}

/** Package that runs ONNX models; whoever wants it installs it. */
export const ONNX_PACKAGE = 'onnxruntime-node';

/** Loads the package as Node finds it from here. Throws Node's error when it is not there or does not load. */
export function loadOnnxRuntime(load: (name: string) => unknown = createRequire(import.meta.url)): {
  readonly ort: OnnxRuntime;
  readonly version: string;
} {
  const ort = load(ONNX_PACKAGE) as OnnxRuntime;
  return { ort, version: ort.env.versions.node ?? ort.env.versions.common };
}
