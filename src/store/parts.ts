import type { Gate } from '../base/gate.ts';
import type { Adoption } from './adopt.ts';
import type { Attempts } from './attempts.ts';
import type { Cache } from './cache.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Basis, Lookups } from './lookups.ts';
import type { Objects } from './objects.ts';
import type { Pins } from './pins.ts';
import type { Records } from './records.ts';
import type { Runs } from './runs.ts';

/** The parts of a store: what has been made, and how. */
export interface StoreParts {
  /** Absolute path. */
  readonly root: string;
  readonly objects: Objects;
  readonly records: Records;
  /** Everything on disk that some lookups and artifacts depend on. */
  pathsOf(basis: Basis): string[];
  /** What an artifact depends on; nothing when it is not there whole. */
  basisOf(artifact: string): Promise<Basis | undefined>;
  /** The lookups of records that are kept under a name. */
  lookups(name: string): Promise<Lookups>;
  readonly checkpoints: Checkpoints;
  readonly attempts: Attempts;
  readonly runs: Runs;
  readonly pins: Pins;
  /** Takes in what another store made. */
  readonly adoption: Adoption;
  /** Shared by who looks something up and then says that it uses it; held alone by who collects garbage. */
  readonly gate: Gate;
  readonly cache: Cache;
  /** Lock file of a fingerprint, for src/base/locks.ts; its directory exists. */
  lockFile(fingerprint: string): string;
  /** Whether an attempt at the fingerprint is under way. */
  isBusy(fingerprint: string): boolean;
}
