/** How the pipeline of every training stage is run, on either backend. */
import * as path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
/** Its stages that take checkpoints, in their order, with their types. */
const types = {
  warmup: 'supernet-warmup',
  search: 'controller-search',
  evolve: 'evolutionary-refinement',
  adapt: 'netadapt',
  finetune: 'proxyless-finetune',
  train: 'final-train',
};
export const trained = Object.keys(types);

/** `pipe run`, as a person would. @returns {import('./life.mjs').Driver} */
export const cpuDriver = () => ({
  words: [
    'dist/cli/main.js',
    'run',
    'test/soak/training.json',
    '--json',
    '--checkpoint',
    '0',
    '--threads',
    '1',
  ],
  cwd: root,
});

/**
 * TensorFlow.js on its plain kernels, which take far longer than ours: the images and networks are tiny. Its
 * device can be made to fail.
 *
 * @param {'training-tiny' | 'training-short'} [pipeline] a warm-up and a search are the short one
 * @returns {import('./life.mjs').Driver} */
export const tfDriver = (pipeline = 'training-tiny') => ({
  words: ['test/soak/tf-driver.mjs', `test/soak/${pipeline}.json`],
  cwd: root,
  types,
});
