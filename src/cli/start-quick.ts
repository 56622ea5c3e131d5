import { systemClock } from '../base/clock.ts';
import { processIo } from './io.ts';
import { quick } from './quick.ts';
import { reportThrown } from './report-thrown.ts';

/** Does what was typed where that takes little; false when it has done nothing. */
export async function startQuick(): Promise<boolean> {
  const io = processIo(systemClock);
  try {
    const code = await quick(io);
    if (code === undefined) return false;
    process.exitCode = code;
  } catch (error) {
    process.exitCode = reportThrown(io, error);
  }
  return true;
}
