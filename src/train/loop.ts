import type { Json } from '../base/canonical.ts';
import type { Rng } from '../base/rng.ts';
import type { Batch, ClipBy, Model, StepOptions, StepResult } from '../net/backend.ts';
import type { Network, Shape, Tensor } from '../net/network.ts';
import { sameShape } from '../net/shape.ts';
import { type CheckpointState, type StageContext, stageFailure } from '../stage/contract.ts';
import type { BatchSource } from './batches.ts';
import { learningRate, type Schedule } from './schedule.ts';

/** What the gradient steps of one training have in common. */
export interface StepSettings {
  readonly schedule: Schedule;
  /** Coefficient of w in the gradient (coupled L2). */
  readonly weightDecay: number;
  /** 0…1 */
  readonly labelSmoothing: number;
  /**
   * Weight of the old average, 0…1; read only when the model keeps an average. It climbs to this value as
   * (1 + step) / (10 + step), TensorFlow's `num_updates`, so that initial weights do not linger in a short training.
   */
  readonly emaDecay?: number;
  /** Limit of what `clipBy` says. */
  readonly clipNorm?: number;
  /** Default: the norm of the whole gradient. */
  readonly clipBy?: ClipBy;
  /** Weight of the cross-entropy with what `teach` puts into batches; default 0. */
  readonly teacherRatio?: number;
  /** Whether rates of drop-path layers grow from 0 at the first step to their own at the last. Default: they do not. */
  readonly growingDropPath?: boolean;
}

/** One training; everything in which stages differ is passed in. */
export interface Training {
  readonly model: Model;
  readonly batches: BatchSource;
  /** Steps in all, those before a resumption included; schedules are as long as that. */
  readonly steps: number;
  /** Where to stop, to go on from the returned cursor another time. Default: after all steps. */
  readonly until?: number;
  /** The path that a step trains: fixed, or sampled from `rng.fork(step)` of the caller's own. Called once a step. */
  readonly pathAt: (step: number) => Network;
  readonly settings: StepSettings;
  /** Adds to a batch of images of this size what a teacher thinks of it; called between two steps. */
  readonly teach?: (batch: Batch, input: Shape) => Promise<Batch>;
  /** Names the dropout masks. */
  readonly rng: Rng;
  readonly tick: StageContext['tick'];
  readonly stopwatch: StageContext['stopwatch'];
  /** Where to begin: `restore(…)`; default the first step. */
  readonly cursor?: Cursor;
  readonly phase?: string;
  /** Ticks that the stage made before the training, likewise. */
  readonly ticksBefore?: number;
  /** Ticks that the stage makes after the training; its steps are counted on in them, so that each step is one place. */
  readonly ticksAfter?: number;
  /**
   * What a stage does between weight steps (a controller step, a gate step). Resolves to metrics to show in front of
   * loss and accuracy. State that it changes belongs into `extra`.
   */
  readonly afterStep?: (step: number, result: StepResult) => Promise<Metrics | undefined>;
  /** Whether `afterStep` may change which path follows a step. Default: it may, after any. */
  readonly decides?: (step: number) => boolean;
  /** State of the stage's own that decides its future, for checkpoints; comes back from `restore`. */
  readonly extra?: () => Promise<CheckpointState> | CheckpointState;
}

/** A batch made before its step, of images of a size. */
interface Ahead {
  readonly input: Shape;
  readonly batch: Batch;
}

export type Metrics = { readonly [name: string]: number };

/** How far a training is. Loss and accuracy are running averages over about the last 50 steps. */
export interface Cursor {
  /** Next step, 0…steps. */
  readonly step: number;
  readonly loss: number;
  /** Of the training batches as augmented, 0…1. */
  readonly accuracy: number;
  /** What a step is: images of a batch, and batches of a pass over the images. Absent before the first. */
  readonly of?: { readonly batchSize: number; readonly perEpoch: number };
}

export const start: Cursor = { step: 0, loss: 0, accuracy: 0 };

/** Share of the newest step in the running averages, once there have been as many steps. */
const NEWEST = 1 / 50;

/**
 * Trains from the cursor to the last step; the only training loop there is. After each step it calls `tick` with loss,
 * accuracy and images a second, so a stop may end it there; resumed from that checkpoint it goes on bit for bit.
 * While the backend runs a step, the next batch is assembled, where the backend will read it if it lets us, and the next
 * path made ready, unless `afterStep` may change it. Both are functions of the step: a checkpoint says nothing of them, and
 * what was made ready when a stop came is made again. Images of a batch are of the size that the path takes: a batch that
 * was assembled before its path was known has the size of the one before, and is assembled again where that was wrong.
 */
export async function train(training: Training): Promise<Cursor> {
  const { model, batches, steps, settings, tick, stopwatch } = training;
  const dropout = training.rng.fork('dropout');
  const rate = rateMeter(stopwatch);
  const before = training.ticksBefore ?? 0;
  let cursor = training.cursor ?? start;
  refuseOtherSteps(cursor, steps, batches);
  const last = training.until ?? steps;
  const optionsAt = (step: number): StepOptions => ({
    learningRate: learningRate(settings.schedule, step, steps),
    weightDecay: settings.weightDecay,
    labelSmoothing: settings.labelSmoothing,
    emaDecay: Math.min(settings.emaDecay ?? 0, (1 + step) / (10 + step)),
    ...(settings.clipNorm === undefined ? {} : { clipNorm: settings.clipNorm }),
    ...(settings.clipBy === undefined ? {} : { clipBy: settings.clipBy }),
    ...(settings.teacherRatio === undefined ? {} : { teacherRatio: settings.teacherRatio }),
    ...(settings.growingDropPath ? { dropPath: step / steps } : {}),
    dropoutSeed: dropout.fork(step).bits(),
  });
  const decides = training.afterStep === undefined ? () => false : (training.decides ?? (() => true));
  const area = (values: number): Float32Array | undefined => model.inputArea?.(values);
  let ahead: Ahead | undefined;
  let path: Network | undefined;
  while (cursor.step < last) {
    const { step } = cursor;
    path ??= training.pathAt(step);
    const { input } = path;
    const fits = ahead !== undefined && sameShape(ahead.input, input);
    const plain = fits ? ahead!.batch : batches.at(step, input, area);
    const batch = training.teach === undefined ? plain : await training.teach(plain, input);
    const running = model.step(path, batch, optionsAt(step));
    path = undefined;
    ahead = undefined;
    if (step + 1 < last) {
      if (!decides(step)) path = training.pathAt(step + 1);
      const expected = path?.input ?? input;
      ahead = { input: expected, batch: batches.at(step + 1, expected, area) };
      if (path !== undefined) model.prepare?.(path, ahead.batch, optionsAt(step + 1));
    }
    const result = await running;
    const metrics = await training.afterStep?.(step, result);
    cursor = advance(cursor, result, batches);
    await tick(
      {
        step: before + cursor.step,
        total: before + steps + (training.ticksAfter ?? 0),
        metrics: {
          ...metrics,
          loss: cursor.loss,
          accuracy: cursor.accuracy,
          'images/s': rate(batch.size),
        },
        ...(training.phase === undefined ? {} : { phase: training.phase }),
      },
      () => snapshot(model, cursor, training.extra),
    );
  }
  return cursor;
}

/** A checkpoint of other steps than these says nothing of where to go on; only a branch can bring one. */
function refuseOtherSteps({ step, of }: Cursor, steps: number, batches: BatchSource): void {
  const refuse = (message: string) => stageFailure('checkpoint-refused', message);
  if (step > steps) throw refuse(`the checkpoint is at step ${step}, but there are only ${steps} steps`);
  if (of === undefined) return;
  if (of.batchSize !== batches.batchSize) {
    throw refuse(
      `the checkpoint counts in batches of ${of.batchSize} images, and a batch has ${batches.batchSize} now`,
    );
  }
  if (of.perEpoch !== batches.perEpoch) {
    throw refuse(
      `the checkpoint counts ${of.perEpoch} steps an epoch, and there are ${batches.perEpoch} now: the images are not as many`,
    );
  }
}

function advance(cursor: Cursor, result: StepResult, { batchSize, perEpoch }: BatchSource): Cursor {
  const share = Math.max(NEWEST, 1 / (cursor.step + 1));
  return {
    step: cursor.step + 1,
    loss: cursor.loss + share * (result.loss - cursor.loss),
    accuracy: cursor.accuracy + share * (result.correct / batchSize - cursor.accuracy),
    of: { batchSize, perEpoch },
  };
}

/** Images a second, averaged over about the last 20 calls. */
function rateMeter(stopwatch: () => number): (images: number) => number {
  let last = stopwatch();
  let perImage = 0;
  let calls = 0;
  return (images) => {
    const now = stopwatch();
    perImage += Math.max(1 / 20, 1 / ++calls) * ((now - last) / images - perImage);
    last = now;
    return perImage > 0 ? 1000 / perImage : 0;
  };
}

/** Prefix of the tensors in a checkpoint that are the stage's own. */
const EXTRA = 'stage/';

/** A checkpoint of a training: its cursor, every weight and slot of the model, and what the stage adds. */
export async function snapshot(
  model: Model,
  cursor: Cursor,
  extra?: Training['extra'],
): Promise<CheckpointState> {
  const tensors = new Map(await model.read());
  const own = await extra?.();
  for (const [name, tensor] of own?.tensors ?? []) tensors.set(EXTRA + name, tensor);
  return { state: { cursor: { ...cursor }, extra: own?.state ?? null }, tensors };
}

/** Weights and slots of another network or optimiser cannot be put back; only a branch can bring them. */
function refuseOtherTensors(
  saved: ReadonlyMap<string, Tensor>,
  there: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): void {
  const other = [...new Set([...saved.keys(), ...there.keys()])].find(
    (name) => `${saved.get(name)?.shape}` !== `${there.get(name)?.shape}`,
  );
  if (other === undefined) return;
  const shapeOf = (tensors: ReadonlyMap<string, { readonly shape: readonly number[] }>): string => {
    const shape = tensors.get(other)?.shape;
    return shape === undefined ? 'absent' : `[${shape.join(', ')}]`;
  };
  throw stageFailure(
    'checkpoint-refused',
    `the network or its optimiser is another: ${other} is ${shapeOf(saved)} in the checkpoint and ${shapeOf(there)} here`,
  );
}

/**
 * Puts a checkpoint made by `snapshot` back: writes the model's weights and slots, and returns the cursor with what
 * the stage had added.
 */
export async function restore(
  model: Model,
  checkpoint: CheckpointState,
): Promise<{ readonly cursor: Cursor; readonly extra: CheckpointState }> {
  const { cursor, extra } = checkpoint.state as unknown as { cursor: Cursor; extra: Json };
  const weights = new Map<string, Tensor>();
  const own = new Map<string, Tensor>();
  for (const [name, tensor] of checkpoint.tensors) {
    if (name.startsWith(EXTRA)) own.set(name.slice(EXTRA.length), tensor);
    else weights.set(name, tensor);
  }
  refuseOtherTensors(weights, await model.read());
  await model.write(weights);
  return { cursor, extra: { state: extra, tensors: own } };
}
