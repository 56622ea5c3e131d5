import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

function installed(name: string): boolean {
  try {
    resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Whether a TensorFlow.js with native kernels is there; it is an optional peer. */
export const nativeInstalled = installed('@tensorflow/tfjs-node-gpu') || installed('@tensorflow/tfjs-node');
