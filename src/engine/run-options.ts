import type { Clock } from '../base/clock.ts';
import type { Executor } from '../executors/index.ts';
import type { Pipeline, StageId } from '../pipeline/pipeline.ts';
import type { LabelChange, Store } from '../store/index.ts';
import type { Capacity } from './attempts/pool.ts';
import type { SilenceLimit } from './attempts/silence.ts';
import type { EnvironmentWish } from './identity/environment.ts';
import type { Branch } from './identity/prepare.ts';
import type { Project } from './identity/project.ts';
import type { Plan } from './identity/types.ts';
import type { Repeatable } from './repeat/keep.ts';

/** What to run, and how. */
export interface RunOptions {
  readonly project: Project;
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly wish?: EnvironmentWish;
  /** Where attempts run; default: child processes here. */
  readonly executor?: Executor;
  /** Names of stages that run even when they are cached, from the beginning. */
  readonly force?: readonly string[];
  /** Stages and foreachs that were not asked for: what they made is taken from the store, and must be there. */
  readonly lookedUp?: ReadonlySet<StageId>;
  /** The stage that begins at a checkpoint of another run, and where. */
  readonly branch?: Branch;
  /** Do exactly this, or fail and say what has changed. */
  readonly expect?: Plan;
  /** Milliseconds that an attempt may take; a longer one is stopped, and its stage fails. Default: no limit. */
  readonly timeoutMs?: number;
  /** When an attempt is called silent, and what is done then; default: what its stage type says. */
  readonly silence?: Partial<SilenceLimit>;
  /** Milliseconds that an attempt which is stopped for going over a limit has to end before it is killed. Default: 10,000. */
  readonly graceMs?: number;
  /** After a failure, go on with the stages that do not depend on it. */
  readonly keepGoing?: boolean;
  /** Seconds between checkpoints; 0: after every step. Default: 10. */
  readonly checkpointSeconds?: number;
  /** What attempts may use together; default: what this machine has. */
  readonly capacity?: Partial<Capacity>;
  /** Most attempts at a time; default: as many as the capacity carries. */
  readonly jobs?: number;
  /** Keep the run for the next, should nothing run in it. */
  readonly repeatable?: Repeatable;
  /** Tags and note that the run gets. */
  readonly labels?: LabelChange;
  readonly clock?: Clock;
}
