import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { digestBytes } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { Backend, Timer } from '../net/backend.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { AttemptEvent } from '../schema/generated/journal.ts';
import type { Journal, Store } from '../store/index.ts';
import { type FindKind, type FindPart, loadInputs, saveOutputs } from './artifacts.ts';
import { type BackendWish, deviceOf, numericsOf, openRuntime } from './backends.ts';
import { createContext, type RunningStage } from './context.ts';
import { Failed, failureOf } from './failure.ts';
import { importBundle } from './import-bundle.ts';
import { lineageOf } from './lineage.ts';
import { createMemo, type Memo } from './memo.ts';
import { runProgram } from './program.ts';
import { resumption } from './resume.ts';
import { stageFiles } from './stage-files.ts';
import { STOPPED, type StopRequest } from './stop.ts';

/** How an attempt ends: one of three events. */
export type EndEvent = Extract<
  AttemptEvent,
  { type: 'attempt-committed' | 'attempt-stopped' | 'attempt-failed' }
>;

export interface AttemptParts {
  readonly directory: string;
  readonly request: AttemptRequest;
  readonly store: Store;
  readonly files: Files;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly stop: StopRequest;
  readonly findKind: FindKind;
  readonly findPart: FindPart;
  readonly chooseBackend: (wish: BackendWish) => Promise<Backend>;
}

const failed = (error: unknown, whose: 'stage' | 'naspipe'): EndEvent => ({
  type: 'attempt-failed',
  ...failureOf(error, whose),
});

/** What a stage says to a checkpoint that its params do not fit; as it is for a stage that was not branched. */
function refusal({ branched }: AttemptRequest, error: unknown): unknown {
  if (branched === undefined) return error;
  const { message } = failureOf(error, 'stage');
  const where = `step ${branched.step} of ${branched.stage} of run ${branched.run}`;
  return new Failed({
    code: 'branch-refused',
    message: `with these params and inputs it cannot go on from ${where}: ${message}`,
  });
}

/** What networks run on: a backend, and what a stage that measures times with. */
interface Executors {
  readonly backend?: Backend;
  readonly timer?: Timer;
}

/** What the stage type needs, and only if it is what the device in the fingerprint names. */
async function openExecutors({ request, chooseBackend, journal }: AttemptParts): Promise<Executors> {
  const { needs, backend: wanted, device } = request;
  if (!needs.backend && !needs.device) return {};
  const threads = device?.threads ?? request.threads;
  const runtime = device && (await openRuntime(device));
  const backend = runtime
    ? undefined
    : await chooseBackend({
        ...(wanted === undefined ? {} : { backend: wanted }),
        ...(threads === undefined ? {} : { threads }),
      });
  const build = device && backend && (await openRuntime(device, backend.info));
  const { info } = (runtime ?? build ?? backend)!;
  journal.write({ type: 'backend-chosen', backend: info });
  const here = deviceOf(info);
  if (device && (device.backend !== here.backend || device.instructionSet !== here.instructionSet)) {
    const message = `the stage was planned for ${device.backend} ${device.instructionSet}, but this is ${here.backend} ${here.instructionSet}`;
    throw new Failed({ code: 'device-changed', message });
  }
  return {
    ...(backend && needs.backend && { backend }),
    ...(needs.device && { timer: (runtime ?? build ?? backend)! }),
  };
}

/**
 * One try at a stage, from its request to its record. The caller holds the fingerprint's lock. Expected failures, the
 * stage's own errors included, come back as an event.
 */
export async function runAttempt(parts: AttemptParts): Promise<EndEvent> {
  const { directory, request, store, files, clock, journal, stop, findKind } = parts;
  const startedAt = clock.now();
  const started = clock.elapsed();
  const { fingerprint, attempt } = request;

  let executors: Executors = {};
  let running: RunningStage;
  let returned: unknown;
  let before: Awaited<ReturnType<typeof resumption>>;
  let memo: Memo;
  const computeMs = (): number => before.computeMs + clock.elapsed() - started;
  try {
    const inputs = await loadInputs(store.objects, parts, request.inputs, journal);
    executors = await openExecutors(parts);
    const executor = executors.backend ?? executors.timer;
    const numerics = executor && numericsOf(executor.info);
    before = await resumption(store.checkpoints, request, numerics, journal);
    memo = createMemo({
      cache: store.cache,
      code: request.memoCode,
      numerics,
      fresh: request.fresh,
      clock,
      note: (sentence) => journal.write({ type: 'note', sentence }),
    });
    running = createContext({
      request,
      inputs,
      ...executors,
      resume: before.state,
      files: stageFiles(files, request),
      program: (call) => runProgram(parts, call),
      remember: memo.remember,
      journal,
      stop,
      clock,
      saveCheckpoint: ({ step, total }, state, tensors) =>
        store.checkpoints.save({
          fingerprint,
          attempt,
          step,
          total,
          computeMs: computeMs(),
          ...(numerics ? { numerics } : {}),
          state,
          tensors,
        }),
    });
    const file = path.join(directory, request.bundle);
    if (digestBytes(await files.read(file)) !== request.bundleDigest) {
      throw new Failed({ code: 'bundle-broken', message: `${file} is damaged; run the pipeline again` });
    }
    const stage = await importBundle({
      file,
      resolveFrom: request.resolveFrom,
      hasPackages: Object.keys(request.lineage.packages).length > 0,
    });
    try {
      returned = await stage.run(running.context);
      await running.settled();
    } catch (error) {
      await running.settled().catch(() => {}); // the first mistake is the one to tell
      if (error !== STOPPED && !running.stoppedAt) {
        const refused = running.steps === undefined && before.step === request.branched?.step;
        return failed(refused ? refusal(request, error) : error, 'stage');
      }
    }
    if (running.stoppedAt) return { type: 'attempt-stopped', ...running.stoppedAt };
  } catch (error) {
    return failed(error, 'naspipe');
  }

  let outputs: ReturnType<typeof saveOutputs>;
  try {
    outputs = saveOutputs(findKind, request.outputs, returned);
  } catch (error) {
    return failed(error, 'stage'); // what it returned ran code of its own
  }

  try {
    await memo.kept();
    const use = memo.use();
    const { record, damage } = await store.commit({
      fingerprint,
      run: request.run,
      attempt,
      stageType: request.stageType,
      preimage: request.preimage,
      determinism: request.determinism,
      outputs,
      summary: running.summary,
      ...(use === undefined ? {} : { memo: use }),
      times: {
        startedAt,
        finishedAt: clock.now(),
        attemptMs: clock.elapsed() - started,
        computeMs: computeMs(),
        ...(running.steps === undefined ? {} : { steps: running.steps }),
        ...(before.step === undefined ? {} : { resumedFrom: before.step }),
      },
      lineage: {
        ...lineageOf(request, executors.backend ?? executors.timer),
        ...(before.extends && { extends: before.extends }),
        ...(request.branched && { branched: request.branched }),
      },
    });
    for (const { what, why } of damage) journal.write({ type: 'damage-found', what: `${what}: ${why}` });
    return {
      type: 'attempt-committed',
      record: record.n,
      reason: record.reason,
      outputs: record.outputs,
      summary: record.summary,
      ...(use === undefined ? {} : { memo: use }),
      ...(record.divergesFrom === undefined ? {} : { divergesFrom: record.divergesFrom }),
    };
  } catch (error) {
    return failed(error, 'naspipe');
  }
}
