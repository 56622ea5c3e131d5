import { canonicalJson } from '../../base/canonical.ts';
import type { Stage } from '../../pipeline/pipeline.ts';
import { compileSchema } from '../../schema/check.ts';
import type { AttemptRequest } from '../../schema/generated/attempt-request.ts';
import type { Preimage } from '../../schema/generated/record.ts';
import { fingerprintOf, type Store } from '../../store/index.ts';

/** A shorter one of the same stage that left a checkpoint. */
export interface Sibling {
  readonly fingerprint: string;
  /** The param that says how far it went, and its value. */
  readonly param: string;
  readonly from: number;
  /** Step of its last checkpoint. */
  readonly step: number;
}

/** What an attempt is told of the horizon of its stage; absent for a stage that cannot be extended. */
export type RequestedHorizon = NonNullable<AttemptRequest['horizon']>;

/** The param that, with the other params as they are, says only how far a stage goes; nothing when there is none. */
export function horizonOf({ type, params }: Pick<Stage, 'type' | 'params'>): string | undefined {
  const active = Object.entries(type.manifest.horizons).find(([param, when]) => {
    if (typeof params[param] !== 'number') return false;
    if (when === true) return true;
    const compiled = compileSchema(when);
    if (!compiled.ok)
      throw new Error(`internal error: expected a schema, got ${compiled.failures[0]!.message}`);
    const { quick, full } = compiled.value;
    return (quick ?? full())(structuredClone(params)) as boolean;
  });
  return active?.[0];
}

/** A pre-image with one param left open. */
const open = ({ params, ...preimage }: Preimage, param: string): string =>
  canonicalJson({ ...preimage, params: { ...params, [param]: null } });

/** Most siblings that an attempt is told of: the first whose arithmetic is its own will do. */
const MOST = 4;

/**
 * Stages that differ from one in nothing but that they go less far, finished or not, and have left a checkpoint: the
 * one that goes furthest first.
 */
export async function siblingsOf(store: Store, preimage: Preimage, param: string): Promise<Sibling[]> {
  const wanted = open(preimage, param);
  const to = preimage.params[param] as number;
  const found: Sibling[] = [];
  for (const fingerprint of await store.checkpoints.fingerprints()) {
    const attempt = (await store.attempts.list(fingerprint)).at(-1);
    const request = attempt && (await store.attempts.request(store.attempts.at(fingerprint, attempt)));
    if (!request || request.stageType !== preimage.stageType) continue;
    const from = request.preimage.params[param];
    if (typeof from !== 'number' || from >= to || open(request.preimage, param) !== wanted) continue;
    if (fingerprintOf(request.preimage) !== fingerprint) continue;
    const checkpoint = await store.checkpoints.newest(fingerprint);
    if (checkpoint !== undefined) found.push({ fingerprint, param, from, step: checkpoint.step });
  }
  return found.sort((a, b) => b.from - a.from).slice(0, MOST);
}

/** The sibling that a stage would go on from, in a few words: `step 1560 of epochs 20`. */
export const siblingText = ({ param, from, step }: Sibling): string => `step ${step} of ${param} ${from}`;

/** What events, plans and results say of it. */
export const extensionOf = (sibling: Sibling, { params }: Preimage) => ({
  ...sibling,
  to: params[sibling.param] as number,
});
