import type { Clock } from '../../base/clock.ts';
import type { Executor, RunningAttempt } from '../../executors/index.ts';
import type { Stage, StageId } from '../../pipeline/pipeline.ts';
import type { Work } from '../identity/prepare.ts';
import type { OnEvent } from '../identity/types.ts';
import type { History } from '../plan/history.ts';
import type { RequestFacts } from './attempt-request.ts';
import type { Pool } from './pool.ts';
import type { SilenceLimit } from './silence.ts';

/** What the stages of one run share. */
export interface RunScope {
  readonly work: Work;
  readonly executor: Executor;
  readonly pool: Pool;
  readonly history: History;
  readonly clock: Clock;
  readonly emit: OnEvent;
  readonly request: Omit<RequestFacts, 'fresh' | 'git'>;
  /** Where the project stands in git, asked when the first attempt starts. */
  readonly git: () => Promise<RequestFacts['git']>;
  /** Whether a stage runs even when it is cached. */
  readonly forced: (stage: Stage) => boolean;
  /** Stages that must not run: what they made is taken from the store. */
  readonly lookedUp: Set<StageId>;
  /** Milliseconds that an attempt may take; absent: no limit. */
  readonly timeoutMs?: number;
  /** What the run says of silence, above what a stage type says. */
  readonly silence?: Partial<SilenceLimit>;
  /** Time that an attempt which is stopped has to end, milliseconds. */
  readonly graceMs: number;
  /** Aborted when nothing new may start. */
  readonly halted: AbortSignal;
  /** Attempts under way, to be stopped or killed. */
  readonly running: Set<RunningAttempt>;
  /** Says that the run relies on what is under a fingerprint, so that it is not collected. */
  readonly use: (fingerprint: string) => void;
  /** Backend that attempts use, as records name it, found out when it is first asked for; nothing where none works. */
  readonly backend: () => Promise<string | undefined>;
}
