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
import { movingNames, type Network, type Tensor, type Tensors, type WeightSpec } from '../net/network.ts';
import { type Arena, settingAddresses } from './arena.ts';
import { InputAreas } from './input-areas.ts';
import { Masks } from './masks.ts';
import { CHUNKS, NORM_MEAN, NORM_VARIANCE } from './plan/ops.ts';
import type { Plan, PlanRequest } from './plan/plan.ts';
import { evaluationMode, type Mode } from './plan/value.ts';
import type { WeightGradient } from './plan/weights.ts';
import { PlanCache, runPlan, writeBatch } from './runner.ts';
import { ArenaTensors } from './tensors.ts';
import type { Threads } from './threads.ts';

/** Weights in the arena and plans over them. */
export class CpuModel implements Model {
  readonly weights: readonly WeightSpec[];
  readonly #optimiser: OptimiserSpec;
  readonly #threads: Threads;
  readonly #arena: Arena;
  readonly #count: number;
  readonly #tensors: ArenaTensors;
  readonly #areas: InputAreas;
  readonly #masks: Masks;
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
    this.#tensors = new ArenaTensors(arena, weights, optimiser);
    this.#areas = new InputAreas(arena, threads.kernels.lanes);
    this.#masks = new Masks(arena);
  }

  async step(path: Network, batch: Batch, options: StepOptions): Promise<StepResult> {
    const plan = this.#stepPlan(path, batch, options);
    const arena = this.#arena;
    await this.#run(path, plan, batch, () => {
      arena.set('learningRate', options.learningRate);
      arena.set('weightDecay', options.weightDecay);
      arena.set('emaDecay', options.emaDecay);
      arena.set('smoothing', options.labelSmoothing);
      arena.set('teacherRatio', options.teacherRatio ?? 0);
      arena.set('clipNorm', options.clipNorm ?? 0);
      arena.set('gradientScale', 1);
      this.#masks.write(plan, options.dropoutSeed, options.dropPath ?? 1);
    });
    return this.#result(plan, batch.size);
  }

  inputArea(values: number): Float32Array | undefined {
    this.#expectOpen();
    return this.#areas.next(values);
  }

  prepare(path: Network, batch: Batch, options: StepOptions | EvaluateOptions): void {
    if ('statistics' in options) {
      this.#evaluationPlan(path, batch, options);
      return;
    }
    const plan = this.#stepPlan(path, batch, options);
    this.#masks.prepare(plan, options.dropoutSeed, options.dropPath ?? 1);
  }

  #stepPlan(path: Network, batch: Batch, options: StepOptions): Plan {
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
    return this.#plan(`step:${clip}:${teacher}`, path, batch, mode, {
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
    const plan = this.#plan(`gradients:${dropout}:${teacher}`, path, batch, mode, { teacher });
    await this.#run(path, plan, batch, () => {
      this.#arena.set('smoothing', options.labelSmoothing);
      this.#arena.set('teacherRatio', options.teacherRatio ?? 0);
      if (dropoutSeed !== undefined) this.#masks.write(plan, dropoutSeed, 1);
    });
    const gates = new Map<string, Float32Array>();
    for (const { id, partials } of plan.gates) {
      const sums = partials.map((at) => this.#arena.floats(at, CHUNKS).reduce((sum, part) => sum + part, 0));
      gates.set(id, Float32Array.from(sums));
    }
    const weights = new Map<string, Tensor>();
    for (const name of options.weights ?? []) {
      const shape = this.#tensors.shapeOf(name);
      const data = new Float32Array(this.#tensors.floats(name).length);
      const gradient = plan.gradients.find((each) => each.name === name);
      if (gradient !== undefined) this.#copyGradient(gradient, data);
      weights.set(name, { shape, data });
    }
    return { ...this.#result(plan, batch.size), gates, weights };
  }

  async evaluate(path: Network, batch: Batch, options: EvaluateOptions): Promise<Float32Array> {
    const plan = this.#evaluationPlan(path, batch, options);
    await this.#run(path, plan, batch, () => {});
    const { data, stride, classes } = plan.logits;
    const logits = new Float32Array(batch.size * classes);
    const rows = this.#arena.floats(data, batch.size * stride);
    for (let r = 0; r < batch.size; r++) {
      logits.set(rows.subarray(r * stride, r * stride + classes), r * classes);
    }
    return logits;
  }

  #evaluationPlan(path: Network, batch: Batch, { statistics, ema = false }: EvaluateOptions): Plan {
    if (ema && !this.#optimiser.ema) {
      throw new Error('internal error: expected a model that keeps averages, got one without');
    }
    return this.#plan(`evaluate:${statistics}:${ema}`, path, batch, evaluationMode(statistics, ema), {});
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
      const plan = this.#plan('recalibrate', path, batch, mode, { keepNorms: true });
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
      const to = this.#tensors.floats(name);
      for (let c = 0; c < sum.length; c++) to[c] = sum[c]! / count;
    }
  }

  async read(names?: readonly string[]): Promise<Tensors> {
    return this.#tensors.read(names);
  }

  async write(tensors: Tensors): Promise<void> {
    this.#tensors.write(tensors);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#areas.close();
    this.#tensors.close();
  }

  /** Milliseconds of forward passes in evaluation mode, one a repetition. */
  async time(path: Network, images: number, repeats: number, threads: number): Promise<Float64Array> {
    const plan = this.#plan('time', path, { size: images }, evaluationMode('moving', false), {});
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
    const plan = this.#plan('profile', path, batch, mode, {});
    const base = this.#arena.workspace;
    const { times } = await runPlan(
      this.#threads,
      this.#arena,
      plan,
      base,
      { threads: this.#count, times: true },
      () => writeBatch(this.#arena, plan, batch, path.input.c, this.#areas.holding(batch.images)),
    );
    return { plan, times };
  }

  #plan(
    purpose: string,
    network: Network,
    { size, images }: Pick<Batch, 'size'> & Partial<Batch>,
    mode: Mode,
    extra: { update?: NonNullable<PlanRequest['update']>; keepNorms?: boolean; teacher?: boolean },
  ): Plan {
    this.#expectOpen();
    const input = images === undefined ? 0 : this.#areas.holding(images);
    return this.#plans.get(
      {
        network,
        images: size,
        input,
        mode,
        keepNorms: extra.keepNorms ?? false,
        loss: mode.backward,
        teacher: extra.teacher ?? false,
        places: this.#tensors.places,
        settings: settingAddresses,
        lanes: this.#threads.kernels.lanes,
        base: this.#arena.workspace,
        ...(extra.update === undefined ? {} : { update: extra.update }),
      },
      `${purpose}:${input}`,
    );
  }

  #expectOpen(): void {
    if (this.#closed) throw new Error('internal error: expected an open model, got a closed one');
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
      writeBatch(this.#arena, plan, batch, c, this.#areas.holding(batch.images));
      prepare();
    });
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
}
