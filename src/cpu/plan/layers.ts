import { never } from '../../base/result.ts';
import type { AuxiliaryOutput, BatchNorm, Layer, Mix, Network, Shape } from '../../net/network.ts';
import { INPUT } from '../../net/network.ts';
import { reachedLayers } from '../../net/reach.ts';
import type { Builder } from './builder.ts';
import { planConcat, planSlice, planSubsample, planZero } from './channels.ts';
import { momentsBlock, planConv, planDense } from './convolution.ts';
import { planDepthwise } from './depthwise.ts';
import {
  normFromMoving,
  planActivation,
  planBatchNorm,
  planFixedNorm,
  planIdentity,
  planScale,
} from './norm.ts';
import {
  type GatePlace,
  type MaskPlace,
  planDropout,
  planDropPath,
  planGlobalPool,
  planMix,
  planPool,
  planSqueezeExcite,
  planSum,
} from './rows.ts';
import type { Value } from './value.ts';

/** Where the figures of a batch normalisation are: [NORM_ROWS, stride]. */
export interface BatchNormPlace {
  readonly layer: BatchNorm;
  readonly norm: number;
  readonly stride: number;
}

/** Walks a path's layers in their order: who reads what, what each reader is given, and when buffers can go. */
export class LayerPlanner {
  readonly input: Value;
  readonly masks: readonly MaskPlace[];
  readonly gates: GatePlace[] = [];
  /** Batch normalisations on the statistics of the batch. */
  readonly norms: BatchNormPlace[] = [];
  readonly #builder: Builder;
  readonly #network: Network;
  readonly #keepNorms: boolean;
  readonly #auxiliary: readonly AuxiliaryOutput[];
  readonly #layers: readonly Layer[];
  /** Layers that the loss depends on. */
  readonly #learning: ReadonlySet<string>;
  readonly #readers: ReadonlyMap<string, readonly (Layer | undefined)[]>;
  readonly #values = new Map<string, Value>();
  /** Blocks of moments that producers gather for the batch normalisation behind them. */
  readonly #moments = new Map<string, number>();
  /** Figures of batch normalisations on moving statistics. */
  readonly #fixed = new Map<string, number>();

  /** @param input address of images that the arena has already; 0: none */
  constructor(builder: Builder, network: Network, keepNorms: boolean, input: number) {
    this.#builder = builder;
    this.#network = network;
    this.#keepNorms = keepNorms;
    const training = builder.mode.backward;
    this.#layers = reachedLayers(network, { gates: builder.mode.gates, training });
    this.#learning = new Set(reachedLayers(network, { training }).map(({ id }) => id));
    this.#auxiliary = training ? (network.auxiliary ?? []) : [];
    const outputs = [network.output, ...this.#auxiliary.map(({ output }) => output)];
    this.#readers = readersOf(this.#layers, outputs, (mix, k) => this.#idle(mix, k));
    this.masks = builder.mode.dropout ? placeMasks(builder, this.#layers) : [];
    const { h, w, c } = network.input;
    const learns = builder.mode.backward && looksAtInput(this.#layers);
    // Convolutions read true channels only: an input that nothing else reads needs no pad lanes.
    const closed = (this.#readers.get(INPUT) ?? []).every((reader) => reader?.op === 'conv');
    const rows = builder.images * h * w;
    this.input = closed && !learns ? builder.closed(rows, c, input) : builder.plain(rows, c, learns);
    this.#values.set(INPUT, this.input);
  }

  /** Emits the forward pass; the value is that of the network's output, with nothing left to its reader. */
  forward(): Value {
    this.#fixNorms();
    const unread = new Map([...this.#readers].map(([id, list]) => [id, list.length]));
    for (const layer of this.#layers) {
      const dropped: Value[] = [];
      this.#builder.onBackward(() => {
        for (const value of dropped) this.#builder.drop(value);
      });
      const made = this.#plan(layer);
      const value = this.#soleReader(layer.id) === undefined ? this.#builder.materialise(made) : made;
      this.#values.set(layer.id, value);
      dropped.push(made, ...this.#builder.takeExtras());
      if (this.#builder.mode.backward) continue;
      for (const each of dropped) if (each !== value) this.#builder.drop(each);
      for (const [k, id] of layer.inputs.entries()) {
        if (id === INPUT || this.#idle(layer, k)) continue;
        const left = unread.get(id)! - 1;
        unread.set(id, left);
        if (left === 0) this.#builder.drop(this.#value(id));
      }
    }
    return this.#value(this.#network.output);
  }

  /** Auxiliary outputs with their weights in the loss, and whether they learn from the teacher; after the forward pass. */
  auxiliary(): (readonly [Value, number, boolean])[] {
    return this.#auxiliary.map(
      ({ output, weight, taught = false }) => [this.#value(output), weight, taught] as const,
    );
  }

  /** Batch normalisations that the loss depends on. */
  learningNorms(): BatchNorm[] {
    return this.#layers
      .filter((layer) => layer.op === 'batch-norm')
      .filter(({ id }) => this.#learning.has(id));
  }

  #plan(layer: Layer): Value {
    const builder = this.#builder;
    if (layer.op === 'mix') return this.#planMix(layer);
    if (layer.op === 'zero') {
      const { h, w, c } = layer.output;
      return planZero(builder, builder.images * h * w, c);
    }
    const id = layer.inputs[0]!;
    const x = this.#value(id);
    const { h, w } = this.#shape(id);
    switch (layer.op) {
      case 'conv':
        return planConv(builder, layer, x, h, w, this.#gather(layer));
      case 'depthwise':
        return planDepthwise(builder, layer, x, h, w, this.#gather(layer));
      case 'dense':
        return planDense(builder, layer, x, this.#gather(layer));
      case 'batch-norm':
        return this.#planBatchNorm(layer, x);
      case 'activation':
        return planActivation(builder, layer, x);
      case 'squeeze-excite':
        return planSqueezeExcite(builder, layer, x);
      case 'add':
        return planSum(
          builder,
          layer.inputs.map((each) => [this.#value(each), 1]),
        );
      case 'pool':
        return planPool(builder, layer, x, h, w);
      case 'global-pool':
        return planGlobalPool(builder, x);
      case 'dropout':
        return planDropout(builder, x, this.#mask(layer.id));
      case 'drop-path':
        return planDropPath(builder, x, this.#mask(layer.id));
      case 'concat':
        return planConcat(
          builder,
          layer.inputs.map((each) => this.#value(each)),
        );
      case 'slice':
        return planSlice(builder, layer, x);
      case 'identity':
        return planIdentity(builder, x);
      case 'subsample':
        return planSubsample(builder, layer, x, h, w);
      case 'scale':
        return planScale(builder, layer, x, this.#soleReader(id) !== undefined);
      default:
        return never(layer);
    }
  }

  #planMix(layer: Mix): Value {
    const { h, w, c } = layer.output;
    const rows = this.#builder.images * h * w;
    const shape = { ...this.input.view, rows, channels: c, stride: this.#builder.padded(c) };
    const alternatives = layer.inputs.map((id, k) => (this.#idle(layer, k) ? undefined : this.#value(id)));
    return planMix(this.#builder, layer, alternatives, this.gates, shape);
  }

  #planBatchNorm(layer: BatchNorm, x: Value): Value {
    const fixed = this.#fixed.get(layer.id);
    const id = layer.inputs[0]!;
    const alone = this.#soleReader(id) !== undefined;
    if (fixed !== undefined) return planFixedNorm(this.#builder, layer, x, fixed, alone);
    const gathered = this.#moments.get(id) ?? 0;
    const value = planBatchNorm(this.#builder, layer, x, gathered, alone, this.#learning.has(layer.id));
    if (layer.movingMean === undefined) return value;
    const { norm, stride } = value.view;
    if (this.#keepNorms) this.#builder.space.hold(norm);
    this.norms.push({ layer, norm, stride });
    return value;
  }

  /** A block for the moments of a layer's output, where the only reader wants them; 0: no one does. */
  #gather(layer: Layer): number {
    const reader = this.#soleReader(layer.id);
    if (reader?.op !== 'batch-norm' || this.#isFixed(reader)) return 0;
    const block = momentsBlock(this.#builder, this.#builder.padded(layer.output.c));
    this.#moments.set(layer.id, block);
    return block;
  }

  #fixNorms(): void {
    for (const layer of this.#layers) {
      if (layer.op !== 'batch-norm' || !this.#isFixed(layer)) continue;
      this.#fixed.set(layer.id, normFromMoving(this.#builder, layer));
    }
    this.#builder.meet();
  }

  /** Whether a batch normalisation goes by its moving statistics. */
  #isFixed(layer: BatchNorm): boolean {
    if (layer.movingMean === undefined) return false;
    return layer.frozen === true || this.#builder.mode.statistics === 'moving';
  }

  /** Whether alternative k of a mix is not evaluated at all. */
  #idle(layer: Layer, k: number): boolean {
    const gated = this.#builder.mode.gates && layer.op === 'mix' && layer.gates;
    return layer.op === 'mix' && layer.coefficients[k] === 0 && !gated;
  }

  /** The layer that alone reads a tensor; none when it is the network's output. */
  #soleReader(id: string): Layer | undefined {
    const list = this.#readers.get(id) ?? [];
    return list.length === 1 ? list[0] : undefined;
  }

  #mask(id: string): MaskPlace | undefined {
    return this.masks.find((mask) => mask.id === id);
  }

  #value(id: string): Value {
    const value = this.#values.get(id);
    if (value === undefined) throw new Error(`internal error: expected ${id} before its reader, got nothing`);
    return value;
  }

  #shape(id: string): Shape {
    if (id === INPUT) return this.#network.input;
    return this.#layers.find((layer) => layer.id === id)!.output;
  }
}

/** Who reads each tensor, once for each place where it is read; outputs have a reader that is no layer. */
function readersOf(
  layers: readonly Layer[],
  outputs: readonly string[],
  idle: (layer: Layer, k: number) => boolean,
): Map<string, (Layer | undefined)[]> {
  const readers = new Map<string, (Layer | undefined)[]>();
  for (const id of outputs) readers.set(id, [...(readers.get(id) ?? []), undefined]);
  for (const layer of layers) {
    for (const [k, id] of layer.inputs.entries()) {
      if (!idle(layer, k)) readers.set(id, [...(readers.get(id) ?? []), layer]);
    }
  }
  return readers;
}

/**
 * Whether a layer with weights of its own is but another look at the input or at what weightless layers make of it: its
 * weights learn only where the value that it looks at does.
 */
function looksAtInput(layers: readonly Layer[]): boolean {
  const fixed = new Set([INPUT]);
  for (const layer of layers) {
    if (!layer.inputs.every((id) => fixed.has(id))) continue;
    if (layer.op === 'batch-norm' || layer.op === 'squeeze-excite' || layer.op === 'scale') return true;
    if (layer.op !== 'conv' && layer.op !== 'depthwise' && layer.op !== 'dense') fixed.add(layer.id);
  }
  return false;
}

function placeMasks(builder: Builder, layers: readonly Layer[]): MaskPlace[] {
  return layers.flatMap((layer) => {
    const { id, op } = layer;
    if ((op !== 'dropout' && op !== 'drop-path') || layer.rate === 0) return [];
    const { h, w, c } = layer.output;
    const stride = builder.padded(c);
    const rows = builder.images * (op === 'dropout' ? h * w : 1);
    const data = builder.space.floats(rows * stride);
    return [{ id, op, rate: layer.rate, data, rows, channels: c, stride }];
  });
}
