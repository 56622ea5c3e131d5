import type { OptimiserSpec } from '../../net/backend.ts';
import type { Network } from '../../net/network.ts';
import { Builder, type Mode } from './builder.ts';
import { type BatchNormPlace, LayerPlanner } from './layers.ts';
import type { GatePlace, MaskPlace } from './rows.ts';
import { planGradients, planUpdate, type Settings, type WeightGradient } from './update.ts';
import type { WeightPlace } from './weights.ts';

/** A path prepared for the kernels. Addresses are absolute. */
export interface Plan {
  readonly words: Int32Array;
  readonly ops: number;
  /** Bytes of workspace, from the base that the plan was made for. */
  readonly bytes: number;
  /** Bytes of scratch that each thread needs besides. */
  readonly scratchBytes: number;
  /** [images, stride of the input] */
  readonly input: { readonly data: number; readonly stride: number };
  readonly logits: { readonly data: number; readonly stride: number; readonly classes: number };
  readonly labels: number;
  readonly losses: number;
  readonly correct: number;
  readonly masks: readonly MaskPlace[];
  readonly gates: readonly GatePlace[];
  readonly gradients: readonly WeightGradient[];
  /** Batch normalisations with the address of their figures, for recalibration. */
  readonly norms: readonly BatchNormPlace[];
  /** With a guard: every buffer, as [start, end). */
  readonly buffers: readonly (readonly [number, number])[];
}

export interface PlanRequest {
  readonly network: Network;
  readonly images: number;
  readonly mode: Mode;
  /** Emit the update of weights; absent: leave them. */
  readonly update?: { readonly optimiser: OptimiserSpec; readonly clip: boolean };
  /** Keep the figures of every batch normalisation to the end. */
  readonly keepNorms: boolean;
  /** Compute the loss. */
  readonly loss: boolean;
  readonly places: ReadonlyMap<string, WeightPlace>;
  readonly settings: Settings & { readonly smoothing: number };
  /** Floats in a vector of the kernels that will run it. */
  readonly lanes: number;
  /** Address of the workspace. */
  readonly base: number;
  /** Bytes left free behind each buffer; for tests. */
  readonly guard?: number;
}

/** Turns a path into ops on one workspace. */
export function planPath(request: PlanRequest): Plan {
  const { network, images, mode, places, settings } = request;
  const builder = new Builder(mode, images, places, request.lanes, request.base, request.guard ?? 0);
  // What JavaScript writes before a run must not share space with anything an earlier op writes: it comes first.
  const labels = builder.space.floats(images);
  const planner = new LayerPlanner(builder, network, request.keepNorms);
  const output = planner.forward();
  const { data, stride, channels: classes, rows } = output.view;
  const losses = builder.space.floats(images);
  const correct = builder.space.floats(images);
  if (request.loss) {
    const gradient = mode.backward ? builder.space.floats(rows * stride) : 0;
    const words = [data, rows, classes, stride, labels, settings.smoothing, gradient, losses, correct];
    builder.emit('loss', words, stride);
    if (mode.backward) output.gradient = { values: gradient, data: 0, fold: 0 };
  }
  builder.backward();
  const gradients = mode.backward ? planGradients(builder) : [];
  if (request.update !== undefined) {
    const { optimiser, clip } = request.update;
    planUpdate(builder, gradients, planner.learningNorms(), optimiser, settings, clip);
  }
  return {
    words: builder.words,
    ops: builder.ops,
    bytes: builder.space.bytes,
    scratchBytes: builder.scratchBytes,
    input: { data: planner.input.view.data, stride: planner.input.view.stride },
    logits: { data, stride, classes },
    labels,
    losses,
    correct,
    masks: planner.masks,
    gates: planner.gates,
    gradients,
    norms: planner.norms,
    buffers: builder.space.made,
  };
}
