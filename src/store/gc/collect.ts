import * as path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { Files } from '../../base/files.ts';
import type { Layout } from '../layout.ts';
import type { StoreParts } from '../parts.ts';
import { setAside } from '../private.ts';
import { readFacts } from './facts.ts';
import { findLeftovers } from './leftovers.ts';
import { type GcOptions, type GcPlan, planGc, type Removal } from './plan.ts';
import { readRemembered } from './remembered.ts';

export interface CollectOptions extends GcOptions {
  /** Only say what would go. */
  readonly dryRun?: boolean;
  /** Called when another process has to end a look-up or a commit first. */
  readonly waiting?: () => void;
}

export interface CollectParts {
  readonly store: StoreParts;
  readonly files: Files;
  readonly at: Layout;
  readonly clock: Clock;
}

/** What names things goes before what it names: a collection that dies half-way leaves nothing that leads nowhere. */
const ORDER: readonly Removal['what'][] = [
  'run',
  'record',
  'checkpoints',
  'attempt',
  'artifact',
  'cache',
  'leftover',
];

/**
 * Collects garbage: decides by one look at the store, at which nobody looks up or commits, and takes what goes out of its
 * place, each at one blow. The bytes are given back afterwards, when the others go on.
 */
export async function collectGarbage(
  { store, files, at, clock }: CollectParts,
  { dryRun = false, waiting, ...options }: CollectOptions,
): Promise<GcPlan> {
  const aside: string[] = [];
  const left = new Set<string>();
  const plan = await store.gate.exclusive(async () => {
    const leftovers = await findLeftovers(files, at, clock.now());
    const rest = { leftovers, remembered: await readRemembered(files, at) };
    const planned = planGc(at, await readFacts(store, files, at), rest, options, clock.now());
    if (dryRun) return planned;
    for (const what of ORDER) {
      for (const removal of planned.removals.filter((each) => each.what === what)) {
        if (what === 'run') {
          await store.runs.remove(removal.name);
          continue;
        }
        const place = await setAside(files, at, removal.path);
        if (place === undefined) continue;
        aside.push(place);
        left.add(path.dirname(removal.path));
        if (what === 'artifact') await files.remove(at.signature(removal.name));
      }
    }
    return planned;
  }, waiting);
  // what has no name any more must not come back without its bytes when the machine dies
  for (const directory of left) {
    if (await files.stat(directory)) await files.syncDirectory(directory);
  }
  for (const place of aside) await files.remove(place);
  return plan;
}
