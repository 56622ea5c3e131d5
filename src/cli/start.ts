import { createRequire } from 'node:module';
import { systemClock } from '../base/clock.ts';
import { EXIT } from './exit-codes.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './program.ts';

const { version } = createRequire(import.meta.url)('naspipe/package.json') as { version: string };
const io = processIo(systemClock);
try {
  process.exitCode = await runCommandLine(io, version);
} catch (error) {
  io.err.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  io.err.write('This is an error of naspipe itself, not of your pipeline.\n');
  process.exitCode = EXIT.internal;
}
