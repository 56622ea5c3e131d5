import type { Facts } from './facts.ts';
import { type Kept, outputsOf } from './roots.ts';

/** Something that a budget may take. */
export type Eviction =
  | { readonly what: 'checkpoints'; readonly fingerprint: string; readonly bytes: number }
  | {
      readonly what: 'outputs';
      readonly fingerprint: string;
      /** Artifacts that go with it: no other fingerprint that stays has made them. */
      readonly artifacts: readonly string[];
      readonly bytes: number;
    };

interface Candidate {
  readonly what: Eviction['what'];
  readonly fingerprint: string;
  /** What it takes up, an artifact of several makers in equal parts. */
  readonly share: number;
  readonly computeMs: number;
}

/** Bytes that go for a second of computing to get them back. */
const worth = ({ share, computeMs }: Candidate): number => share / Math.max(computeMs / 1000, 1e-3);

/**
 * Chooses what goes until `excess` bytes are free: first what gives most bytes for a second of computing. Checkpoints of
 * finished stages cost nothing to lose. What no record could bring back, and what `firm` or `young` names, never goes.
 */
export function evict(
  { stages, objects }: Facts,
  {
    kept,
    firm,
    isYoung,
  }: { readonly kept: Kept; readonly firm: Kept; readonly isYoung: (at: number) => boolean },
  excess: number,
): readonly Eviction[] {
  const makers = new Map<string, Set<string>>();
  for (const fingerprint of kept.fingerprints) {
    const stage = stages.get(fingerprint);
    for (const digest of stage ? outputsOf(stage) : []) {
      makers.set(digest, (makers.get(digest) ?? new Set()).add(fingerprint));
    }
  }
  const isFirm = (digest: string): boolean =>
    firm.artifacts.has(digest) || isYoung(objects.get(digest)?.changedAt ?? 0);
  const candidates: Candidate[] = [];
  for (const fingerprint of kept.fingerprints) {
    const stage = stages.get(fingerprint);
    const record = stage?.records.at(-1);
    if (!stage || !record || firm.fingerprints.has(fingerprint) || isYoung(stage.changedAt)) continue;
    const made = [...outputsOf(stage)];
    const share = made.reduce(
      (sum, digest) => sum + (objects.get(digest)?.bytes ?? 0) / (makers.get(digest)?.size ?? 1),
      0,
    );
    if (share > 0)
      candidates.push({ what: 'outputs', fingerprint, share, computeMs: record.times.computeMs });
    if (stage.checkpointBytes > 0) {
      candidates.push({ what: 'checkpoints', fingerprint, share: stage.checkpointBytes, computeMs: 0 });
    }
  }
  candidates.sort((a, b) => worth(b) - worth(a) || (a.fingerprint < b.fingerprint ? -1 : 1));

  const evictions: Eviction[] = [];
  let freed = 0;
  for (const { what, fingerprint, share } of candidates) {
    if (freed >= excess) break;
    if (what === 'checkpoints') {
      evictions.push({ what, fingerprint, bytes: share });
      freed += share;
      continue;
    }
    const artifacts: string[] = [];
    let bytes = 0;
    for (const digest of outputsOf(stages.get(fingerprint)!)) {
      const others = makers.get(digest)!;
      others.delete(fingerprint);
      if (others.size > 0 || isFirm(digest) || !objects.has(digest)) continue;
      artifacts.push(digest);
      bytes += objects.get(digest)!.bytes;
    }
    evictions.push({ what, fingerprint, artifacts, bytes });
    freed += bytes;
  }
  return evictions;
}
