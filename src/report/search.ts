import { frontShare, rankedArchitectures, trialFront } from '../nas/index.ts';
import type { Trial } from '../schema/generated/artifacts/trials.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { lastOutput } from './last-output.ts';
import type { ArtifactSource } from './source.ts';
import { counted, figure, milliseconds, percent, si } from './units.ts';

/** What the last search of a run evaluated. */
export interface LastSearch {
  /** `stage/port` */
  readonly place: string;
  readonly trials: readonly Trial[];
}

export async function lastSearchOf(
  result: RunResult,
  source: ArtifactSource,
): Promise<LastSearch | undefined> {
  const output = lastOutput(result, 'trials');
  const trials = output && (await source.load('trials', output.digest));
  return trials && trials.length > 1 ? { place: output.place, trials } : undefined;
}

/** Runners-up that a run tells at its end. */
const SHOWN = 3;

/** Rows of label and text: who came next in the last search, and the trade of accuracy for cost that it found. */
export function searchRows({ place, trials }: LastSearch): [string, string][] {
  const runners = rankedArchitectures(trials).slice(1, 1 + SHOWN);
  const rows: [string, string][] = [];
  if (runners.length > 0) {
    const texts = runners.map((trial) => `${percent(trial.accuracy.value)} at ${costOf(trial, trial.cost)}`);
    const { provenance, split } = runners[0]!.accuracy;
    const weights = provenance === 'predicted' ? 'predicted' : `${provenance} weights`;
    rows.push(['Runners-up', `${texts.join(', ')}   (${place}, ${weights}, ${split})`]);
  }
  const share = frontShare(trials);
  if (share !== undefined) {
    const corner = `accuracy 0 to 100 % by cost 0 to ${costOf(trials[0]!, share.cost)}`;
    rows.push([
      'Front',
      `${counted(trialFront(trials).length, 'architecture')}, hypervolume ${figure(share.share)} of ${corner} (${share.limit ? 'the limit' : 'the dearest'})`,
    ]);
  }
  return rows;
}

/** A cost in the unit of that which the trial's search looks at. */
function costOf({ cost, costs }: Trial, value: number): string {
  if (cost === costs.latency) return milliseconds(value);
  if (cost === costs.macs) return `${si(value)} MACs`;
  return cost === costs.params ? `${si(value)} params` : figure(value);
}
