import { createRequire } from 'node:module';
import { systemClock } from '../base/clock.ts';
import { processIo } from './io.ts';
import { runCommandLine } from './program.ts';
import { reportThrown } from './report-thrown.ts';

const { version } = createRequire(import.meta.url)('naspipe/package.json') as { version: string };
const io = processIo(systemClock);
try {
  process.exitCode = await runCommandLine(io, version);
} catch (error) {
  process.exitCode = reportThrown(io, error);
}
