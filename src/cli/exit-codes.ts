/** What the process exits with. The one table; `pipe --help` prints it and the README quotes it. */
export const EXIT = {
  ok: 0,
  failed: 1,
  badInput: 2,
  stopped: 3,
  internal: 4,
  killed: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done; diff: they are the same',
  failed: 'a failure; diff: they differ; check, fsck, verify, doctor: not well',
  badInput: 'the pipeline, an option or a name is wrong; nothing was run',
  stopped: 'stopped at a checkpoint; the same command goes on',
  internal: 'an error of naspipe itself',
  killed: 'killed by a second Ctrl-C; the same command goes on',
};

/** Rows of the table: code and meaning. */
export const exitCodeTable = (): [string, string][] =>
  (Object.keys(EXIT) as (keyof typeof EXIT)[]).map((name) => [String(EXIT[name]), MEANINGS[name]]);
