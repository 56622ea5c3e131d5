import { listOf } from '../../schema/nearest.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Removes a run from the store. What only it needed stays until garbage is collected. */
export async function rm(io: Io, text: string, { store: place, json }: StoreOptions): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const { runs, pins, gate } = opened.value;
  const found = await runs.resolve(text);
  const refuse = (code: string, message: string) => reportProblems(io, [{ code, message }], { json });
  if (typeof found !== 'string') {
    return found.length > 0
      ? refuse('ambiguous-run', `"${text}" may be ${listOf(found.slice(-4))}; give more of the id`)
      : refuse('unknown-run', `no run "${text}"; npx pipe runs lists them`);
  }
  return gate.exclusive(async () => {
    if (runs.isLive(found)) {
      return refuse('run-is-live', `run ${found} is under way; stop it first (Ctrl-C where it runs)`);
    }
    if ((await pins.list()).some(({ of, target }) => of === 'run' && target === found)) {
      return refuse('run-is-pinned', `run ${found} is pinned; npx pipe unpin ${found} takes the pin away`);
    }
    await runs.remove(found);
    if (json) io.out.write(`${JSON.stringify({ run: found, removed: true })}\n`);
    else {
      io.out.write(`run ${found} is removed; npx pipe gc --dry-run says what only it needed\n`);
    }
    return EXIT.ok;
  });
}
