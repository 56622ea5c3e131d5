import { never } from '../../base/result.ts';
import type { OptimiserSpec } from '../../net/backend.ts';
import type { BatchNorm, Layer, Network, Shape } from '../../net/network.ts';
import { INPUT } from '../../net/network.ts';
import { reachedLayers } from '../../net/reach.ts';
import { Builder, type Mode, type Value } from './builder.ts';
import { momentsBlock, planConv, planDense, planDepthwise } from './convolution.ts';
import { normFromMoving, planActivation, planBatchNorm, planFixedNorm } from './norm.ts';
import { padded } from './ops.ts';
import {
  type GatePlace,
  type MaskPlace,
  planDropout,
  planGlobalPool,
  planMix,
  planPool,
  planSqueezeExcite,
  planSum,
} from './rows.ts';
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
  readonly norms: readonly { readonly layer: BatchNorm; readonly norm: number; readonly stride: number }[];
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
  /** Address of the workspace. */
  readonly base: number;
  /** Bytes left free behind each buffer; for tests. */
  readonly guard?: number;
}

/** Turns a path into ops on one workspace. */
export function planPath(request: PlanRequest): Plan {
  const { network, images, mode, places, settings } = request;
  const builder = new Builder(mode, images, places, request.base, request.guard ?? 0);
  const layers = reachedLayers(network, mode.gates);
  const live = new Set(layers.map(({ id }) => id));
  const learning = new Set(reachedLayers(network).map(({ id }) => id));
  const shapes = new Map<string, Shape>([[INPUT, network.input]]);
  for (const layer of network.layers) shapes.set(layer.id, layer.output);
  const readers = readersOf(layers, live, network.output);

  // What JavaScript writes before a run must not share space with anything an earlier op writes.
  const labels = builder.space.floats(images);
  const masks = mode.dropout ? placeMasks(builder, layers) : [];
  const gates: GatePlace[] = [];
  const norms: { layer: BatchNorm; norm: number; stride: number }[] = [];
  const fixed = new Map<string, number>();
  if (mode.statistics === 'moving') {
    for (const layer of layers) {
      if (layer.op !== 'batch-norm') continue;
      fixed.set(layer.id, normFromMoving(builder, layer, layer.output.c, padded(layer.output.c)));
    }
    builder.meet();
  }

  const values = new Map<string, Value>();
  const moments = new Map<string, number>();
  const inputShape = network.input;
  const input = builder.plain(
    images * inputShape.h * inputShape.w,
    inputShape.c,
    mode.backward && looksAtInput(layers),
  );
  values.set(INPUT, input);

  const soleReader = (id: string): Layer | undefined => {
    const list = readers.get(id) ?? [];
    return list.length === 1 ? list[0] : undefined;
  };
  const gather = (layer: Layer): number => {
    if (mode.statistics !== 'batch' || soleReader(layer.id)?.op !== 'batch-norm') return 0;
    const block = momentsBlock(builder, padded(layer.output.c));
    moments.set(layer.id, block);
    return block;
  };
  const plan = (layer: Layer): Value => {
    const id = layer.inputs[0] ?? INPUT;
    const x = values.get(id);
    const { h, w } = shapes.get(id)!;
    if (layer.op === 'mix') {
      const alternatives = layer.inputs.map((each, k) =>
        layer.coefficients[k] === 0 && !(mode.gates && layer.gates) ? undefined : values.get(each),
      );
      const { h, w, c } = layer.output;
      const shape = { ...input.view, rows: images * h * w, channels: c, stride: padded(c) };
      return planMix(builder, layer, alternatives, gates, shape);
    }
    if (x === undefined) throw new Error(`internal error: expected ${id} before layer ${layer.id}`);
    switch (layer.op) {
      case 'conv':
        return planConv(builder, layer, x, h, w, gather(layer));
      case 'depthwise':
        return planDepthwise(builder, layer, x, h, w, gather(layer));
      case 'dense':
        return planDense(builder, layer, x, gather(layer));
      case 'batch-norm': {
        const known = fixed.get(layer.id);
        if (known !== undefined) return planFixedNorm(builder, x, known);
        const sole = soleReader(id) !== undefined;
        const value = planBatchNorm(builder, layer, x, moments.get(id) ?? 0, sole, learning.has(layer.id));
        const { norm, stride } = value.view;
        if (request.keepNorms) builder.space.hold(norm);
        norms.push({ layer, norm, stride });
        return value;
      }
      case 'activation':
        return planActivation(builder, layer, x);
      case 'squeeze-excite':
        return planSqueezeExcite(builder, layer, x);
      case 'add':
        return planSum(builder, [
          [x, 1],
          [values.get(layer.inputs[1]!)!, 1],
        ]);
      case 'pool':
        return planPool(builder, layer, x, h, w);
      case 'global-pool':
        return planGlobalPool(builder, x);
      case 'dropout':
        return planDropout(
          builder,
          x,
          masks.find(({ id }) => id === layer.id),
        );
      default:
        return never(layer);
    }
  };

  const unread = new Map([...readers].map(([id, list]) => [id, list.length]));
  for (const layer of layers) {
    const dropped: Value[] = [];
    builder.onBackward(() => dropped.forEach((value) => void builder.drop(value)));
    const made = plan(layer);
    const value = soleReader(layer.id) === undefined ? builder.materialise(made) : made;
    values.set(layer.id, value);
    dropped.push(made, ...builder.takeExtras());
    if (mode.backward) continue;
    for (const each of dropped) if (each !== value) builder.drop(each);
    for (const id of new Set(layer.inputs)) {
      if (!live.has(id) && id !== INPUT) continue;
      const left =
        (unread.get(id) ?? 0) - (readers.get(id) ?? []).filter((reader) => reader === layer).length;
      unread.set(id, left);
      if (left === 0 && id !== INPUT) builder.drop(values.get(id)!);
    }
  }

  const output = values.get(network.output);
  if (output === undefined) throw new Error(`internal error: expected a layer ${network.output}, got none`);
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
    const learned = norms.map(({ layer }) => layer).filter(({ id }) => learning.has(id));
    planUpdate(builder, gradients, learned, optimiser, settings, clip);
  }
  return {
    words: builder.words,
    ops: builder.ops,
    bytes: builder.space.bytes,
    scratchBytes: builder.scratchBytes,
    input: { data: input.view.data, stride: input.view.stride },
    logits: { data, stride, classes },
    labels,
    losses,
    correct,
    masks,
    gates,
    gradients,
    norms,
    buffers: builder.space.made,
  };
}

/**
 * Whether a layer with weights of its own is but another look at the input or at what weightless layers make of it: its
 * weights learn only where the value that it looks at does.
 */
function looksAtInput(layers: readonly Layer[]): boolean {
  const fixed = new Set([INPUT]);
  for (const layer of layers) {
    if (!layer.inputs.every((id) => fixed.has(id))) continue;
    if (layer.op === 'batch-norm' || layer.op === 'squeeze-excite') return true;
    if (layer.op !== 'conv' && layer.op !== 'depthwise' && layer.op !== 'dense') fixed.add(layer.id);
  }
  return false;
}

function placeMasks(builder: Builder, layers: readonly Layer[]): MaskPlace[] {
  return layers.flatMap((layer) => {
    if (layer.op !== 'dropout' || layer.rate === 0) return [];
    const { h, w, c } = layer.output;
    const stride = padded(c);
    const rows = builder.images * h * w;
    const data = builder.space.floats(rows * stride);
    return [{ id: layer.id, rate: layer.rate, data, rows, channels: c, stride }];
  });
}

/** Who reads each tensor, once for each place where it is read; the output has a reader that is no layer. */
function readersOf(
  layers: readonly Layer[],
  live: ReadonlySet<string>,
  output: string,
): Map<string, (Layer | undefined)[]> {
  const readers = new Map<string, (Layer | undefined)[]>([[output, [undefined]]]);
  for (const layer of layers) {
    for (const id of layer.inputs) {
      if (id !== INPUT && !live.has(id)) continue;
      readers.set(id, [...(readers.get(id) ?? []), layer]);
    }
  }
  return readers;
}
