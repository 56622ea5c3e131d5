import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { type BackendWish, chooseBackend, probe } from './backends.ts';
import { refuse } from './process.ts';
import { serveAttempt } from './serve.ts';

/**
 * The child process, which `main.ts` enters.
 *
 *     main.js <attempt directory> [--lock <descriptor>] [--channel]   runs an attempt
 *     main.js --probe [--quick] [--backend cpu|tf] [--threads n]      prints what can train, as JSON
 *
 * `--lock`: number of an inherited descriptor that holds the fingerprint's lock; without it the lock is taken here.
 * `--channel`: standard input comes from a driver, and its end means that the driver is gone.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    probe: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    backend: { type: 'string' },
    threads: { type: 'string' },
    lock: { type: 'string' },
    channel: { type: 'boolean', default: false },
  },
});

/** Time for which each backend is timed by a full probe, milliseconds. */
const PROBE_MS = 500;

async function printProbe(): Promise<void> {
  const { backend, threads } = values;
  if (backend !== undefined && backend !== 'cpu' && backend !== 'tf') refuse(`no backend "${backend}"`);
  const wish: BackendWish = {
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads: Number(threads) }),
  };
  const found = await probe(wish, values.quick ? 0 : PROBE_MS);
  process.stdout.write(`${JSON.stringify(found, null, 2)}\n`, () => process.exit(0));
}

if (values.probe) await printProbe();
else if (positionals.length === 1) {
  const { lock, channel } = values;
  await serveAttempt(
    path.resolve(positionals[0]!),
    { channel, ...(lock === undefined ? {} : { lock: Number(lock) }) },
    chooseBackend,
  );
} else refuse('usage: main.js <attempt directory> | --probe');
