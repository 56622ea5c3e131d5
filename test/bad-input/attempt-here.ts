import { runAttempt } from '../../src/attempt/attempt.ts';
import { surroundings } from '../../src/attempt/serve.ts';
import { nodeFiles } from '../../src/base/files.ts';
import type { AttemptOutcome, Executor } from '../../src/executors/index.ts';
import { type Attempt, followJournal, openJournal, openStore, readRequest } from '../../src/store/index.ts';

async function play(attempt: Attempt): Promise<AttemptOutcome> {
  const request = await readRequest(nodeFiles, attempt.directory);
  const store = request && (await openStore(request.store));
  if (!store?.ok) throw new Error(`the attempt ${attempt.id} cannot begin`);
  const journal = openJournal(nodeFiles, attempt.journal, attempt.id, surroundings.clock);
  const end = await runAttempt({
    directory: attempt.directory,
    request: request!,
    store: store.value,
    journal,
    stop: { requested: false },
    chooseBackend: () => Promise.reject(new Error('stages of cases do not train')),
    ...surroundings,
  });
  journal.write(end);
  journal.close();
  if (end.type === 'attempt-committed') return { status: 'committed', event: end };
  if (end.type === 'attempt-failed') return { status: 'failed', code: end.code, message: end.message };
  throw new Error('nobody asked the attempt to stop');
}

/** Runs attempts in this process: for stages that do it no harm. What they print goes where ours does. */
export const executorHere: Executor = {
  name: 'here',
  start(attempt) {
    const outcome = play(attempt);
    return {
      attempt,
      pid: process.pid,
      entries: followJournal(nodeFiles, attempt.journal, outcome, 5),
      outcome,
      stop: () => {},
      kill: () => {},
    };
  },
};
