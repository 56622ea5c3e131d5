import { type SystemFailure, systemFailure } from '../../base/system-failure.ts';
import type { Run } from '../../store/index.ts';

/** What of a run could not be written the last time that it was tried, and why. */
export type Unwritten = Map<'results' | 'links', SystemFailure>;

/**
 * A run that goes on when its results or links cannot be written, because the disk is full or fails: what its stages made
 * is in the store all the same, and a repair of the store writes the rest anew.
 */
export function enduringRun(run: Run, unwritten: Unwritten): Run {
  const enduring =
    <Given extends unknown[]>(what: 'results' | 'links', write: (...given: Given) => Promise<void>) =>
    async (...given: Given): Promise<void> => {
      try {
        await write(...given);
        if (what === 'results') unwritten.delete(what); // they are written whole each time
      } catch (error) {
        const failure = systemFailure(error);
        if (failure === undefined) throw error;
        unwritten.set(what, failure);
      }
    };
  return {
    ...run,
    writeResults: enduring('results', run.writeResults),
    linkStages: enduring('links', run.linkStages),
  };
}
