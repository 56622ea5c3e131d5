/** How the pipeline of every training stage is run. */
import * as path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const file = 'test/soak/training.json';

/** Its stages that take checkpoints, in their order. */
export const trained = ['warmup', 'search', 'evolve', 'finetune', 'train'];

/** `pipe run`, as a person would. @returns {import('./life.mjs').Driver} */
export const cpuDriver = () => ({
  words: ['dist/cli/main.js', 'run', file, '--json', '--checkpoint', '0', '--threads', '1'],
  cwd: root,
});
