import { createRequire } from 'node:module';
import { systemClock } from '../base/clock.ts';
import { reportInternal } from './internal-error.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './program.ts';

const { version } = createRequire(import.meta.url)('naspipe/package.json') as { version: string };
const io = processIo(systemClock);
try {
  process.exitCode = await runCommandLine(io, version);
} catch (error) {
  process.exitCode = reportInternal(io, error);
}
