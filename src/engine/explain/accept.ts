import * as os from 'node:os';
import type { Clock } from '../../base/clock.ts';
import { tryAcquire } from '../../base/locks.ts';
import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import { numericsVersion } from '../../net/backend.ts';
import type { FieldChange } from '../../schema/generated/plan.ts';
import type { Preimage, StageRecord } from '../../schema/generated/record.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { listOf } from '../../schema/nearest.ts';
import type { StageType } from '../../stage/discovery.ts';
import { fingerprintOf, type RecordDraft, type Store, standing } from '../../store/index.ts';
import { type Code, codeOf } from '../identity/code.ts';
import { preimageChanges } from '../identity/preimage.ts';
import type { Project } from '../identity/project.ts';

/** An acceptance as it was written down, or as it was taken back. */
export interface Acceptance {
  readonly stage: string;
  /** Cache key under which the outputs now stand, or stand no more. */
  readonly fingerprint: string;
  /** Number of the record that says so. */
  readonly n: number;
  /** What it stands for. */
  readonly from: {
    readonly fingerprint: string;
    readonly n: number;
    readonly run: string;
    readonly finishedAt: number;
  };
  /** The edit: the code's field of the pre-image, with its source files and packages. */
  readonly change: FieldChange;
  /** Why the edit changes no result, as it was said. */
  readonly reason: string;
}

export type AcceptFailure = Failure<
  | 'unknown-stage'
  | 'never-ran'
  | 'nothing-to-accept'
  | 'other-changes'
  | 'outputs-lost'
  | 'stage-busy'
  | 'no-acceptance'
>;

/** A stage of a run, and the words of who speaks. */
export interface AcceptRequest {
  readonly project: Project;
  readonly store: Store;
  readonly run: RunResult;
  readonly stage: string;
  readonly clock: Clock;
}

/** Standing records that a stage left in a run and in those of its pipeline before it, the newest first. */
async function* pastRecords({ store, run, stage }: AcceptRequest): AsyncGenerator<StageRecord> {
  const type = run.stages[stage]?.type;
  const seen = new Set<string>();
  for (const id of (await store.runs.list()).reverse()) {
    if (id > run.run) continue;
    const result = (await store.runs.results(id)) as RunResult | undefined;
    const before = result?.pipeline === run.pipeline ? result.stages[stage] : undefined;
    if (before?.type !== type || before?.fingerprint === undefined || seen.has(before.fingerprint)) continue;
    seen.add(before.fingerprint);
    const record = standing((await store.records.list(before.fingerprint)).records).at(-1);
    if (record !== undefined) yield record;
  }
}

/** The stage's type as it is now, and its code. */
async function codeNow({
  project,
  store,
  run,
  stage,
  clock,
}: AcceptRequest): Promise<Result<{ type: StageType; bundle: Code }>> {
  const name = run.stages[stage]?.type;
  if (name === undefined)
    return fail({ code: 'unknown-stage', message: `run ${run.run} has no stage "${stage}"` });
  const type = project.types.types.get(name);
  if (type === undefined) {
    return fail({ code: 'unknown-stage', message: `the project has no stage type "${name}" any more` });
  }
  const bundle = await codeOf(project.files, type, store.cache, clock);
  return bundle.ok ? ok({ type, bundle: bundle.value }) : bundle;
}

/** What of a stage type is not as a pre-image has it, besides the code: an acceptance would not help. */
function otherChanges(
  { params, version, numericsVersion: numerics }: Preimage,
  { manifest }: StageType,
): string[] {
  const declared = Object.keys((manifest.params.properties ?? {}) as object);
  return [
    ...(version === manifest.version ? [] : [`version ${version} → ${manifest.version}`]),
    ...(numerics === (manifest.needs.backend ? numericsVersion : undefined)
      ? []
      : ['the arithmetic of the backends']),
    ...declared.filter((name) => !Object.hasOwn(params, name)).map((name) => `params.${name} is new`),
    ...Object.keys(params)
      .filter((name) => !declared.includes(name))
      .map((name) => `params.${name} is gone`),
  ];
}

const who = (): { by: string; host: string } => {
  try {
    return { by: os.userInfo().username, host: os.hostname() };
  } catch {
    return { by: 'unknown', host: os.hostname() };
  }
};

/** Writes a record under its fingerprint's lock. */
async function write(
  { store, stage, clock }: AcceptRequest,
  draft: RecordDraft,
): Promise<Result<StageRecord, AcceptFailure>> {
  const holder = { host: os.hostname(), pid: process.pid, since: clock.now(), purpose: stage };
  const lock = tryAcquire(store.lockFile(draft.fingerprint), holder);
  if (lock === undefined) {
    return fail({ code: 'stage-busy', message: `${stage} is running just now; wait for it, or stop it` });
  }
  try {
    return ok(await store.records.write(draft));
  } finally {
    lock.release();
  }
}

const withoutNumber = ({
  n: _n,
  seal: _seal,
  divergesFrom: _,
  ...draft
}: StageRecord): Omit<RecordDraft, 'divergesFrom'> => draft;

/**
 * Declares that the code of a stage, as it is now, gives what the code before gave: under the fingerprint that the stage
 * now has, a record stands for the one before. Nothing is executed. Fails when nothing but the code may explain that
 * the stage would run, when there is nothing to accept, or when the outputs are not whole.
 */
export async function acceptEdit(
  request: AcceptRequest,
  reason: string,
): Promise<Result<Acceptance, Failure>> {
  const { store, stage, clock } = request;
  const now = await codeNow(request);
  if (!now.ok) return now;
  const { type, bundle } = now.value;
  const { value: base } = await pastRecords(request).next();
  if (!base) {
    return fail({
      code: 'never-ran',
      message: `${stage} has left no outputs that its code could still stand for`,
    });
  }
  if (base.preimage.codeDigest === bundle.codeDigest) {
    const message = base.accepted
      ? `the code of ${stage} is accepted already: "${base.accepted.reason}"`
      : `the code of ${stage} is what it was when it ran`;
    return fail({ code: 'nothing-to-accept', message });
  }
  const others = otherChanges(base.preimage, type);
  if (others.length > 0) {
    const message = `${stage} would run all the same: ${listOf(others, 'and')}; only an edit of code can be accepted`;
    return fail({ code: 'other-changes', message });
  }
  const preimage: Preimage = { ...base.preimage, codeDigest: bundle.codeDigest };
  const fingerprint = fingerprintOf(preimage);
  if ((await store.records.find(fingerprint)).record !== undefined) {
    return fail({ code: 'nothing-to-accept', message: `${stage} has run with this code` });
  }
  if ((await store.records.find(base.fingerprint)).record === undefined) {
    const message = `the outputs of ${stage} are no longer whole in the store; npx pipe run makes them again`;
    return fail({ code: 'outputs-lost', message });
  }
  const written = await write(request, {
    ...withoutNumber(base),
    fingerprint,
    preimage,
    reason: 'accepted',
    accepted: {
      fingerprint: base.fingerprint,
      n: base.n,
      reason,
      at: clock.now(),
      ...who(),
      sources: { ...bundle.sources },
      packages: { ...bundle.packages },
    },
  });
  return written.ok ? ok(acceptanceOf(stage, written.value, base, reason)) : written;
}

/** Takes an acceptance back: the stage runs again, and the record of who accepted what remains. */
export async function revokeAcceptance(
  request: AcceptRequest,
  reason: string | undefined,
): Promise<Result<Acceptance, AcceptFailure>> {
  const { store, stage, clock } = request;
  if (request.run.stages[stage] === undefined) {
    return fail({ code: 'unknown-stage', message: `run ${request.run.run} has no stage "${stage}"` });
  }
  const found = (await acceptedNow(request)) ?? (await acceptedThen(request));
  if (found === undefined) {
    return fail({ code: 'no-acceptance', message: `no edit of the code of ${stage} is accepted` });
  }
  const { accepted, ...rest } = withoutNumber(found);
  const written = await write(request, {
    ...rest,
    reason: 'revoked',
    revoked: { ...(reason !== undefined && { reason }), at: clock.now(), ...who() },
  });
  if (!written.ok) return written;
  const base = await store.records.read(accepted!.fingerprint, accepted!.n);
  return ok(acceptanceOf(stage, { ...written.value, accepted: accepted! }, base, accepted!.reason));
}

/** The acceptance that a run would take its outputs from: of the code as it is now. */
async function acceptedNow(request: AcceptRequest): Promise<StageRecord | undefined> {
  const now = await codeNow(request);
  const { value: base } = await pastRecords(request).next();
  if (!now.ok || !base) return undefined;
  const fingerprint = fingerprintOf({ ...base.preimage, codeDigest: now.value.bundle.codeDigest });
  const record = standing((await request.store.records.list(fingerprint)).records).at(-1);
  return record?.reason === 'accepted' ? record : undefined;
}

/** The last acceptance that a run took its outputs from. */
async function acceptedThen(request: AcceptRequest): Promise<StageRecord | undefined> {
  for await (const record of pastRecords(request)) if (record.reason === 'accepted') return record;
  return undefined;
}

function acceptanceOf(
  stage: string,
  { fingerprint, n, preimage, accepted, run, times }: StageRecord,
  base: StageRecord | undefined,
  reason: string,
): Acceptance {
  const { sources, packages } = accepted!;
  const before = base?.accepted ?? base?.lineage ?? { sources: {}, packages: {} };
  const [change] = preimageChanges(
    { preimage: base?.preimage ?? {}, sources: before.sources, packages: before.packages },
    { preimage: base ? { ...base.preimage, codeDigest: preimage.codeDigest } : {}, sources, packages },
  );
  return {
    stage,
    fingerprint,
    n,
    from: { fingerprint: accepted!.fingerprint, n: accepted!.n, run, finishedAt: times.finishedAt },
    change: change ?? { field: 'codeDigest', to: JSON.stringify(preimage.codeDigest) },
    reason,
  };
}
