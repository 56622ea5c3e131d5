import type {
  Batch,
  EvaluateOptions,
  GradientOptions,
  GradientResult,
  Model,
  OptimiserSpec,
  StepOptions,
  StepResult,
} from '../net/backend.ts';
import { dropoutMask } from '../net/dropout.ts';
import { movingNames, type Network, type Tensor, type Tensors, type WeightSpec } from '../net/network.ts';
import { type Slot, slotStart, slotsOf } from '../net/optimiser.ts';
import { type Arena, settingAddress, settingsBase } from './arena.ts';
import type { Mode } from './plan/builder.ts';
import { CHUNKS, NORM_MEAN, NORM_VARIANCE } from './plan/ops.ts';
import type { Plan, PlanRequest } from './plan/plan.ts';
import type { WeightGradient, WeightPlace } from './plan/weights.ts';
import { PlanCache, runPlan, writeBatch } from './runner.ts';
import type { Threads } from './threads.ts';

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);

const SETTINGS = {
  base: settingsBase,
  clipNorm: settingAddress('clipNorm'),
  gradientScale: settingAddress('gradientScale'),
  smoothing: settingAddress('smoothing'),
  teacherRatio: settingAddress('teacherRatio'),
};

/** Weights in the arena and plans over them. */
export class CpuModel implements Model {
  readonly weights: readonly WeightSpec[];
  readonly #optimiser: OptimiserSpec;
  readonly #threads: Threads;
  readonly #arena: Arena;
  readonly #count: number;
  readonly #block: number;
  readonly #places = new Map<string, WeightPlace>();
  /** Every tensor that can be read and written, by name. */
  readonly #tensors = new Map<string, { readonly shape: readonly number[]; readonly at: number }>();
  readonly #plans = new PlanCache();
  #closed = false;

  constructor(
    weights: readonly WeightSpec[],
    optimiser: OptimiserSpec,
    threads: Threads,
    arena: Arena,
    threadCount: number,
  ) {
    this.weights = weights;
    this.#optimiser = optimiser;
    this.#threads = threads;
    this.#arena = arena;
    this.#count = threadCount;
    let floats = 0;
    const layout: [name: string, shape: readonly number[], at: number, start: number][] = [];
    const lay = (name: string, shape: readonly number[], start: number): void => {
      layout.push([name, shape, floats, start]);
      floats += Math.ceil(sizeOf(shape) / 16) * 16;
    };
    for (const spec of weights) {
      lay(spec.name, spec.shape, 0);
      for (const [slot, shape] of slotsOf(spec, optimiser)) {
        lay(`${slot}:${spec.name}`, shape, slotStart(slot, optimiser));
      }
    }
    this.#block = arena.take(floats);
    for (const [name, shape, offset, start] of layout) {
      const at = this.#block + offset * 4;
      this.#tensors.set(name, { shape, at });
      if (start !== 0) arena.floats(at, sizeOf(shape)).fill(start);
    }
    for (const spec of weights) {
      const at = (slot: Slot): number => this.#tensors.get(`${slot}:${spec.name}`)?.at ?? 0;
      this.#places.set(spec.name, {
        spec,
        weight: this.#tensor(spec.name).at,
        momentum: at('momentum'),
        square: at('square'),
        steps: at('steps'),
        ema: at('ema'),
      });
    }
  }

  async step(path: Network, batch: Batch, options: StepOptions): Promise<StepResult> {
    const plan = this.#stepPlan(path, batch.size, options);
    const arena = this.#arena;
    await this.#run(path, plan, batch, () => {
      arena.set('learningRate', options.learningRate);
      arena.set('weightDecay', options.weightDecay);
      arena.set('emaDecay', options.emaDecay);
      arena.set('smoothing', options.labelSmoothing);
      arena.set('teacherRatio', options.teacherRatio ?? 0);
      arena.set('clipNorm', options.clipNorm ?? 0);
      arena.set('gradientScale', 1);
      this.#writeMasks(plan, options.dropoutSeed, options.dropPath ?? 1);
    });
    return this.#result(plan, batch.size);
  }

  prepare(path: Network, size: number, options: StepOptions): void {
    this.#stepPlan(path, size, options);
  }

  #stepPlan(path: Network, size: number, options: StepOptions): Plan {
    const clip = options.clipNorm === undefined ? undefined : (options.clipBy ?? 'global-norm');
    const mode: Mode = {
      backward: true,
      statistics: 'batch',
      moving: true,
      dropout: true,
      gates: false,
      ema: false,
    };
    const teacher = (options.teacherRatio ?? 0) > 0;
    return this.#plan(`step:${clip}:${teacher}`, path, size, mode, {
      update: { optimiser: this.#optimiser, ...(clip && { clip }) },
      teacher,
    });
  }

  async gradients(path: Network, batch: Batch, options: GradientOptions): Promise<GradientResult> {
    const { dropoutSeed } = options;
    const dropout = dropoutSeed !== undefined;
    const mode: Mode = {
      backward: true,
      statistics: 'batch',
      moving: false,
      dropout,
      gates: true,
      ema: false,
    };
    const teacher = (options.teacherRatio ?? 0) > 0;
    const plan = this.#plan(`gradients:${dropout}:${teacher}`, path, batch.size, mode, { teacher });
    await this.#run(path, plan, batch, () => {
      this.#arena.set('smoothing', options.labelSmoothing);
      this.#arena.set('teacherRatio', options.teacherRatio ?? 0);
      if (dropoutSeed !== undefined) this.#writeMasks(plan, dropoutSeed, 1);
    });
    const gates = new Map<string, Float32Array>();
    for (const { id, partials } of plan.gates) {
      const sums = partials.map((at) => this.#arena.floats(at, CHUNKS).reduce((sum, part) => sum + part, 0));
      gates.set(id, Float32Array.from(sums));
    }
    const weights = new Map<string, Tensor>();
    for (const name of options.weights ?? []) {
      const { shape } = this.#tensor(name);
      const data = new Float32Array(sizeOf(shape));
      const gradient = plan.gradients.find((each) => each.name === name);
      if (gradient !== undefined) this.#copyGradient(gradient, data);
      weights.set(name, { shape, data });
    }
    return { ...this.#result(plan, batch.size), gates, weights };
  }

  async evaluate(path: Network, batch: Batch, options: EvaluateOptions): Promise<Float32Array> {
    const ema = options.ema === true;
    if (ema && !this.#optimiser.ema) {
      throw new Error('internal error: expected a model that keeps averages, got one without');
    }
    const mode = evaluationMode(options.statistics, ema);
    const plan = this.#plan(`evaluate:${options.statistics}:${ema}`, path, batch.size, mode, {});
    await this.#run(path, plan, batch, () => {});
    const { data, stride, classes } = plan.logits;
    const logits = new Float32Array(batch.size * classes);
    const rows = this.#arena.floats(data, batch.size * stride);
    for (let r = 0; r < batch.size; r++) {
      logits.set(rows.subarray(r * stride, r * stride + classes), r * classes);
    }
    return logits;
  }

  async recalibrate(path: Network, batches: AsyncIterable<Batch> | Iterable<Batch>): Promise<void> {
    const sums = new Map<string, Float64Array>();
    const add = (name: string, from: Float32Array): void => {
      const sum = sums.get(name) ?? new Float64Array(from.length);
      for (let c = 0; c < from.length; c++) sum[c]! += from[c]!;
      sums.set(name, sum);
    };
    let count = 0;
    for await (const batch of batches) {
      const mode = evaluationMode('batch', false);
      const plan = this.#plan('recalibrate', path, batch.size, mode, { keepNorms: true });
      await this.#run(path, plan, batch, () => {});
      for (const { layer, norm, stride } of plan.norms) {
        const row = (index: number) => this.#arena.floats(norm + index * stride * 4, layer.output.c);
        const [mean, variance] = movingNames(layer)!;
        add(mean, row(NORM_MEAN));
        add(variance, row(NORM_VARIANCE));
      }
      count++;
    }
    for (const [name, sum] of sums) {
      const to = this.#arena.floats(this.#tensor(name).at, sum.length);
      for (let c = 0; c < sum.length; c++) to[c] = sum[c]! / count;
    }
  }

  async read(names?: readonly string[]): Promise<Tensors> {
    const tensors = new Map<string, Tensor>();
    for (const name of names ?? this.#tensors.keys()) {
      const { shape, at } = this.#tensor(name);
      tensors.set(name, { shape, data: new Float32Array(this.#arena.floats(at, sizeOf(shape))) });
    }
    return tensors;
  }

  async write(tensors: Tensors): Promise<void> {
    for (const [name, { shape }] of tensors) {
      const own = this.#tensor(name).shape;
      if (own.length !== shape.length || own.some((side, axis) => side !== shape[axis])) {
        throw new Error(`internal error: expected ${name} of shape [${own}], got [${shape}]`);
      }
    }
    for (const [name, { shape, data }] of tensors) {
      this.#arena.floats(this.#tensor(name).at, sizeOf(shape)).set(data);
    }
  }

  async close(): Promise<void> {
    if (!this.#closed) this.#arena.give(this.#block);
    this.#closed = true;
  }

  /** Milliseconds of forward passes in evaluation mode, one a repetition. */
  async time(path: Network, images: number, repeats: number, threads: number): Promise<Float64Array> {
    const plan = this.#plan('time', path, images, evaluationMode('moving', false), {});
    const base = this.#arena.workspace;
    const run = { threads, repeats, samples: true };
    const { samples } = await runPlan(this.#threads, this.#arena, plan, base, run, () => {
      const { data, stride } = plan.input;
      const floats = images * path.input.h * path.input.w * stride;
      const input = this.#arena.floats(data, floats);
      for (let i = 0; i < floats; i++) input[i] = ((i * 7919) % 1013) / 1013 - 0.5;
    });
    return samples;
  }

  /** Milliseconds of one training step by op; for benches. */
  async profile(path: Network, batch: Batch): Promise<{ plan: Plan; times: Float32Array }> {
    const mode: Mode = {
      backward: true,
      statistics: 'batch',
      moving: false,
      dropout: false,
      gates: false,
      ema: false,
    };
    const plan = this.#plan('profile', path, batch.size, mode, {});
    const base = this.#arena.workspace;
    const { times } = await runPlan(
      this.#threads,
      this.#arena,
      plan,
      base,
      { threads: this.#count, times: true },
      () => writeBatch(this.#arena, plan, batch, path.input.c),
    );
    return { plan, times };
  }

  #plan(
    purpose: string,
    network: Network,
    images: number,
    mode: Mode,
    extra: { update?: NonNullable<PlanRequest['update']>; keepNorms?: boolean; teacher?: boolean },
  ): Plan {
    if (this.#closed) throw new Error('internal error: expected an open model, got a closed one');
    return this.#plans.get(
      {
        network,
        images,
        mode,
        keepNorms: extra.keepNorms ?? false,
        loss: mode.backward,
        teacher: extra.teacher ?? false,
        places: this.#places,
        settings: SETTINGS,
        lanes: this.#threads.kernels.lanes,
        base: this.#arena.workspace,
        ...(extra.update === undefined ? {} : { update: extra.update }),
      },
      purpose,
    );
  }

  async #run(path: Network, plan: Plan, batch: Batch, prepare: () => void): Promise<void> {
    const { h, w, c } = path.input;
    if (batch.images.length !== batch.size * h * w * c) {
      throw new Error(
        `internal error: expected a batch of ${batch.size} images of ${h}x${w}x${c}, got ${batch.images.length} values`,
      );
    }
    for (const label of batch.labels) {
      if (label >= 0 && label < plan.logits.classes) continue;
      throw new Error(`internal error: expected labels below ${plan.logits.classes}, got ${label}`);
    }
    const run = { threads: this.#count };
    await runPlan(this.#threads, this.#arena, plan, this.#arena.workspace, run, () => {
      writeBatch(this.#arena, plan, batch, c);
      prepare();
    });
  }

  #writeMasks(plan: Plan, seed: number, dropPath: number): void {
    for (const { id, op, rate, data, rows, channels, stride } of plan.masks) {
      const to = this.#arena.floats(data, rows * stride);
      if (op === 'dropout') {
        const mask = dropoutMask(seed, id, rows * channels, rate);
        for (let r = 0; r < rows; r++) to.set(mask.subarray(r * channels, (r + 1) * channels), r * stride);
      } else {
        const mask = dropoutMask(seed, id, rows, rate * dropPath);
        for (let r = 0; r < rows; r++) to.fill(mask[r]!, r * stride, (r + 1) * stride);
      }
    }
  }

  #result(plan: Plan, images: number): StepResult {
    const loss = plan.losses
      .map((at) => this.#arena.floats(at, images).reduce((sum, each) => sum + each, 0))
      .reduce((sum, each) => sum + each);
    const correct = this.#arena.ints(plan.correct, images).reduce((sum, each) => sum + each, 0);
    return { loss: loss / images, correct };
  }

  #copyGradient({ prefix, gradient, stride }: WeightGradient, to: Float32Array): void {
    const { outer, rows, fullRows, columns, fullColumns } = prefix;
    const from = this.#arena.floats(gradient, outer * rows * stride);
    for (let r = 0; r < outer * rows; r++) {
      const at = (Math.floor(r / rows) * fullRows + (r % rows)) * fullColumns;
      to.set(from.subarray(r * stride, r * stride + columns), at);
    }
  }

  #tensor(name: string): { readonly shape: readonly number[]; readonly at: number } {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`internal error: expected a tensor of the model, got ${name}`);
    return tensor;
  }
}

const evaluationMode = (statistics: 'moving' | 'batch', ema: boolean): Mode => ({
  backward: false,
  statistics,
  moving: false,
  dropout: false,
  gates: false,
  ema,
});
