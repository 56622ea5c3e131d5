import type { Leftover } from '../gc/leftovers.ts';
import type { Finding } from './finding.ts';

/** A stage whose outputs are not in the store, or no longer whole. */
export interface Rerun {
  readonly fingerprint: string;
  readonly stageType?: string;
  /** Where it was made or used last: a rerun of that pipeline brings it back. Absent when no run names it. */
  readonly pipeline?: string;
  readonly stage?: string;
  /** How long it took, milliseconds; absent when no record tells. */
  readonly computeMs?: number;
}

/** Two records of one fingerprint whose outputs should have been equal. */
export interface Divergence {
  readonly fingerprint: string;
  readonly stageType: string;
  /** Numbers of the records. */
  readonly from: number;
  readonly to: number;
}

/** What was checked and found. */
export interface FsckReport {
  /** How many of each there are. */
  readonly counts: { readonly [part: string]: number };
  readonly findings: readonly (Finding & { readonly movedTo?: string })[];
  /** What processes that died left behind; harmless. */
  readonly leftovers: readonly Leftover[];
  /** Whether what was found has been mended. */
  readonly repaired: boolean;
  /** What a rerun would bring back. */
  readonly reruns: readonly Rerun[];
  readonly divergences: readonly Divergence[];
  /** Damaged things that were moved aside, now or before. */
  readonly quarantined: number;
}
