import * as path from 'node:path';

/**
 * Where things lie in a store. Everything but `cache`, `quarantine`, `signatures` and `tmp` is described in
 * artifacts/README.md.
 */
export const layout = (root: string) => ({
  root,
  /** Version of the store's format. */
  format: path.join(root, 'store.json'),
  objects: path.join(root, 'objects'),
  object: (digest: string) => path.join(root, 'objects', digest.slice(0, 2), digest),
  signatures: path.join(root, 'signatures'),
  /** What was found when an object was last hashed; can be thrown away. */
  signature: (digest: string) => path.join(root, 'signatures', digest.slice(0, 2), `${digest}.json`),
  caches: path.join(root, 'cache'),
  /** What was found out at some cost; can be thrown away. */
  cache: (name: string) => path.join(root, 'cache', name),
  records: path.join(root, 'records'),
  record: (fingerprint: string, n: number) => path.join(root, 'records', fingerprint, `${n}.json`),
  attempts: path.join(root, 'attempts'),
  attempt: (fingerprint: string, attempt: string) => path.join(root, 'attempts', fingerprint, attempt),
  checkpoints: (fingerprint: string) => path.join(root, 'attempts', fingerprint, 'checkpoints'),
  runs: path.join(root, 'runs'),
  run: (id: string) => path.join(root, 'runs', id),
  lock: (fingerprint: string) => path.join(root, 'locks', fingerprint),
  locks: path.join(root, 'locks'),
  /** Held by the driver of a run while it lives. */
  runLock: (id: string) => path.join(root, 'locks', `run-${id}`),
  /** Held shared by who looks up or commits, alone by who collects garbage. */
  gate: path.join(root, 'locks', 'gate'),
  pins: path.join(root, 'pins'),
  /** Damaged things, moved aside. */
  quarantine: path.join(root, 'quarantine'),
  /** Private directories of writers. */
  tmp: path.join(root, 'tmp'),
});

export type Layout = ReturnType<typeof layout>;

/** Names of files in an attempt's directory. */
export const ATTEMPT_FILES = {
  request: 'request.json',
  bundle: 'bundle.mjs',
  journal: 'journal.jsonl',
  log: 'log.txt',
} as const;

/** What `writeAtomic` and its like call a file until it has its name: `.<name>.<pid>.<random>.tmp`. */
const TEMPORARY = /^\..*\.(\d+)\.[0-9a-f]{12}\.tmp$/;

/** Whether a name is that of a file which has not got its name yet. */
export const isTemporary = (name: string): boolean => TEMPORARY.test(name);

/** Process that writes a file which has not got its name yet; nothing for another name. */
export const writerOf = (name: string): number | undefined => {
  const [, pid] = TEMPORARY.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
};
