import { systemClock } from '../base/clock.ts';
import { reportInternal } from './internal-error.ts';
import { processIo } from './io.ts';
import { quick } from './quick.ts';

/** Does what was typed where that takes little; false when it has done nothing. */
export async function startQuick(): Promise<boolean> {
  const io = processIo(systemClock);
  try {
    const code = await quick(io);
    if (code === undefined) return false;
    process.exitCode = code;
  } catch (error) {
    process.exitCode = reportInternal(io, error);
  }
  return true;
}
