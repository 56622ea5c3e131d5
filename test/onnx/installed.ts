import { loadOnnxRuntime, type OnnxRuntime } from '../../src/onnx/onnxruntime.ts';

/**
 * onnxruntime-node, an optional peer, where it is installed (or lies in a directory that NODE_PATH names); `version` says
 * which, or that there is none.
 */
export const { ort, version } = ((): { ort?: OnnxRuntime; version: string } => {
  try {
    return loadOnnxRuntime();
  } catch {
    return { version: 'not installed here' };
  }
})();
