/** Places of an exported run's files: those of a store, so that an unpacked archive is one. */

export const EXPORT = 'export.json';
export const LICENCES = 'LICENCES.md';
export const STORE = 'store.json';
/** Domain of the seal of `export.json`. */
export const EXPORT_DOMAIN = 'naspipe export';

export const objectPlace = (digest: string): string => `objects/${digest.slice(0, 2)}/${digest}`;
export const recordPlace = (fingerprint: string, n: number): string => `records/${fingerprint}/${n}.json`;
export const attemptPlace = (fingerprint: string, attempt: string): string =>
  `attempts/${fingerprint}/${attempt}`;
export const checkpointPlace = (fingerprint: string, seq: number): string =>
  `attempts/${fingerprint}/checkpoints/${seq}`;
export const runPlace = (run: string): string => `runs/${run}`;

export const ATTEMPT_PARTS = ['request.json', 'bundle.mjs', 'journal.jsonl', 'log.txt'] as const;
export const CHECKPOINT_PARTS = ['checkpoint.json', 'state.json', 'tensors.safetensors'] as const;
export const RUN_PARTS = ['pipeline.json', 'results.json', 'labels.json', 'events.jsonl'] as const;

const digest = '[0-9a-f]{64}';
const id = '\\d{6}-\\d{6}-[0-9a-z]{2}';
const name = (parts: readonly string[]): string =>
  `(?:${parts.map((part) => part.replace('.', '\\.')).join('|')})`;

const PLACES = {
  object: new RegExp(`^(objects/[0-9a-f]{2}/(${digest}))/(.+)$`),
  attempt: new RegExp(`^(attempts/${digest}/${id})/(${name(ATTEMPT_PARTS)})$`),
  checkpoint: new RegExp(`^(attempts/${digest}/checkpoints/(?:0|[1-9]\\d*))/(${name(CHECKPOINT_PARTS)})$`),
  record: new RegExp(`^(records/${digest})/([1-9]\\d*\\.json)$`),
  run: new RegExp(`^(runs/${id})/(${name(RUN_PARTS)})$`),
  about: new RegExp(`^()(${name([LICENCES, STORE])})$`),
} as const;

/** Files that belong together, in one directory. */
export interface Place {
  readonly what: keyof typeof PLACES;
  /** The directory: `objects/3f/3f2a…`. */
  readonly directory: string;
  /** Path below it. */
  readonly name: string;
}

/** What a file of an export is part of; nothing when an export has no such file. */
export function placeOf(path: string): Place | undefined {
  for (const what of Object.keys(PLACES) as (keyof typeof PLACES)[]) {
    const found = PLACES[what].exec(path);
    if (found) return { what, directory: found[1]!, name: found.at(-1)! };
  }
  return undefined;
}
