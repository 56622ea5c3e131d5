export { type Attempt, type Attempts, type RequestDraft, readRequest } from './attempts.ts';
export type { Cache } from './cache.ts';
export {
  type Checkpoint,
  type CheckpointDraft,
  type Checkpoints,
  checkpointDigest,
  type LoadedCheckpoint,
} from './checkpoints.ts';
export type { CommitRequest, Committed } from './commit.ts';
export type { Damage } from './damage.ts';
export type { Finding } from './fsck/finding.ts';
export type { Divergence, FsckReport, Rerun } from './fsck/report.ts';
export type { CollectOptions } from './gc/collect.ts';
export type { GcPlan, GcStep, Removal } from './gc/plan.ts';
export { followJournal, type Journal, openJournal, readJournal } from './journal.ts';
export { isTag, type LabelChange, type Labels } from './labels.ts';
export { ATTEMPT_FILES } from './layout.ts';
export type { Basis, FoundRecord, Lookups } from './lookups.ts';
export type { ObjectFailure, Objects, OpenedObject, StoredObject } from './objects.ts';
export type { Pinned, Pins } from './pins.ts';
export {
  codeOf,
  divergenceAmong,
  fingerprintOf,
  type Lookup,
  type RecordDraft,
  type Records,
  standing,
} from './records.ts';
export type { RepeatedRun } from './repeated-run.ts';
export { SAME } from './run-files.ts';
export type { Run, Runs } from './runs.ts';
export { openStore, type Store, type StoreOptions } from './store.ts';
export type { ObjectManifest, ObjectTree } from './tree.ts';
export type { Use } from './uses.ts';
