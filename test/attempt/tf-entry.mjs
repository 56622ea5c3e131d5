/**
 * Entry of an attempt as src/attempt/main.ts is one, on the plain JavaScript kernels of TensorFlow.js, whose device
 * fails as the environment variable FAULTS says (JSON: stage type → fault, see faulty-backend.mjs).
 */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { faultyBackend } from '../contract/faulty-backend.mjs';

const built = '../../dist/';
const { serveAttempt } = await import(`${built}attempt/serve.js`);
const { openTfBackend } = await import(`${built}tf/index.js`);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lock: { type: 'string' }, channel: { type: 'boolean', default: false } },
});
const directory = positionals[0] ?? '';
const { stageType } = JSON.parse(readFileSync(path.join(directory, 'request.json'), 'utf8'));
const faults = JSON.parse(process.env.FAULTS ?? '{}');
await serveAttempt(directory, { lock: Number(values.lock), channel: values.channel === true }, async () => {
  const opened = await openTfBackend({ runtime: 'cpu' });
  return faultyBackend(opened.value, faults[stageType] ?? {});
});
