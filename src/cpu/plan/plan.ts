import type { ClipBy, OptimiserSpec } from '../../net/backend.ts';
import type { Network } from '../../net/network.ts';
import { Builder } from './builder.ts';
import { type BatchNormPlace, LayerPlanner } from './layers.ts';
import { floatBits } from './ops.ts';
import type { GatePlace, MaskPlace } from './rows.ts';
import { planGradients, planUpdate, type Settings } from './update.ts';
import type { Mode, Value } from './value.ts';
import type { WeightGradient, WeightPlace } from './weights.ts';

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
  /** Where the teacher's probabilities belong, [images, classes]; 0: there is none. */
  readonly teacher: number;
  /** Losses of each image, those of the network's output first, then those of auxiliary outputs. */
  readonly losses: readonly number[];
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
  /** Where the images lie already, without pad lanes; not heeded where ops need those. Absent: the plan makes room. */
  readonly input?: number;
  readonly mode: Mode;
  /** Emit the update of weights; absent: leave them. */
  readonly update?: { readonly optimiser: OptimiserSpec; readonly clip?: ClipBy };
  /** Keep the figures of every batch normalisation to the end. */
  readonly keepNorms: boolean;
  /** Compute the loss. */
  readonly loss: boolean;
  /** Learn from a teacher as well. */
  readonly teacher?: boolean;
  readonly places: ReadonlyMap<string, WeightPlace>;
  readonly settings: Settings & { readonly smoothing: number; readonly teacherRatio: number };
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
  const units = network.layers.find(({ id }) => id === network.output)?.output.c ?? network.input.c;
  const teacher = request.teacher ? builder.space.floats(images * units) : 0;
  const planner = new LayerPlanner(builder, network, request.keepNorms, request.input ?? 0);
  const output = planner.forward();
  const { data, stride, channels: classes } = output.view;
  const losses: number[] = [];
  const correct = builder.space.floats(images);
  const emitLoss = (of: Value, weight: number, main: boolean, taught: boolean): void => {
    const { view } = of;
    losses.push(builder.space.floats(images));
    const gradient = mode.backward ? builder.space.floats(view.rows * view.stride) : 0;
    builder.emit(
      'loss',
      [
        view.data,
        view.rows,
        view.channels,
        view.stride,
        labels,
        settings.smoothing,
        gradient,
        losses.at(-1)!,
        main ? correct : builder.space.floats(images),
        floatBits(weight),
        taught ? teacher : 0,
        settings.teacherRatio,
      ],
      view.stride,
    );
    if (mode.backward) of.gradient = { values: gradient, data: 0, fold: 0 };
  };
  if (request.loss) {
    emitLoss(output, 1, true, true);
    for (const [value, weight, taught] of planner.auxiliary()) emitLoss(value, weight, false, taught);
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
    teacher,
    losses,
    correct,
    masks: planner.masks,
    gates: planner.gates,
    gradients,
    norms: planner.norms,
    buffers: builder.space.made,
  };
}
