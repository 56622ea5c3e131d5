import type { GcPlan, Removal } from '../store/index.ts';
import { padEnd } from './layout.ts';
import { bytes, count, duration } from './units.ts';

const WORDS: { readonly [what in Removal['what']]: readonly [string, string] } = {
  run: ['run', 'runs'],
  record: ['record', 'records'],
  checkpoints: ['set of checkpoints', 'sets of checkpoints'],
  attempt: ['attempt', 'attempts'],
  artifact: ['artifact', 'artifacts'],
  cache: ['remembered thing', 'remembered things'],
  leftover: ['leftover', 'leftovers'],
};

/** A collection as text: what each step found, what went, and what it would cost to have it back. */
export function gcLines(plan: GcPlan, dryRun: boolean): string[] {
  const { steps, removals, computeMs, over } = plan;
  const width = Math.max(...steps.map(({ name }) => name.length));
  const lines = steps.map(({ name, found }) => `${padEnd(name, width)}  ${found}`);
  lines.push('');
  if (removals.length === 0) lines.push('Nothing goes.');
  else {
    const parts = Object.entries(WORDS).flatMap(([what, [one, many]]) => {
      const n = removals.filter((removal) => removal.what === what).length;
      return n === 0 ? [] : [`${count(n)} ${n === 1 ? one : many}`];
    });
    lines.push(`${dryRun ? 'Would free' : 'Freed'} ${bytes(plan.bytes)}: ${parts.join(', ')}.`);
    lines.push(
      computeMs === 0
        ? 'Nothing of it would have to be computed again.'
        : `To have it back takes ${duration(computeMs)} of computing${hours(computeMs)}.`,
    );
  }
  lines.push(`${bytes(plan.staying)} ${dryRun ? 'would stay' : 'stay'}.`);
  if (over > 0) {
    lines.push(
      `That is ${bytes(over)} over the budget: the rest is pinned, in use, too young, made by no stage, or what attempts wrote (code, journals, logs).`,
    );
  }
  return lines;
}

/** In compute hours too, where that says something: ` (1.25 h)`. */
const hours = (ms: number): string => (ms < 360_000 ? '' : ` (${(ms / 3_600_000).toFixed(2)} h)`);
