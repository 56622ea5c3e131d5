import type { Gradient, OpName, Sink, View } from './ops.ts';
import {
  CHUNKS,
  floatBits,
  gradientWords,
  isPlain,
  noSource,
  OP_WORDS,
  opCode,
  PASS_ROWS,
  sinkWords,
  sourceWords,
} from './ops.ts';
import { Space } from './space.ts';
import type { Mode, Value, WeightUse } from './value.ts';
import type { Prefix, WeightPlace } from './weights.ts';

/** Emits the ops of one plan and carries values and their gradients between layers. */
export class Builder {
  readonly space: Space;
  readonly uses: WeightUse[] = [];
  readonly #tape: (() => void)[] = [];
  #extras: Value[] = [];
  #releases: number[] = [];
  #words = new Int32Array(64 * OP_WORDS);
  #ops = 0;
  #gathered = 0;
  #scratch = 0;

  constructor(
    readonly mode: Mode,
    readonly images: number,
    readonly places: ReadonlyMap<string, WeightPlace>,
    /** Floats in a vector of the kernels. */
    readonly lanes: number,
    base: number,
    guard: number,
  ) {
    this.space = new Space(base, guard);
  }

  get ops(): number {
    return this.#ops;
  }

  /** Channels with the pad lanes behind them: floats from row to row. */
  padded(channels: number): number {
    return Math.ceil(channels / this.lanes) * this.lanes;
  }

  /** Words of all ops. */
  get words(): Int32Array {
    return this.#words.slice(0, this.#ops * OP_WORDS);
  }

  /** Bytes that one thread needs while it performs the hungriest op. */
  get scratchBytes(): number {
    return this.#scratch;
  }

  /** Adds an op. `scratch`: floats it takes; the next op waits for it unless `alone`. */
  emit(name: OpName, words: readonly number[], scratch = 0, alone = false): void {
    const at = this.#ops++ * OP_WORDS;
    if (at === this.#words.length) {
      const larger = new Int32Array(at * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[at] = opCode(name);
    this.#words[at + 1] = alone ? 0 : 1;
    this.#words.set(words, at + 2);
    this.#scratch = Math.max(this.#scratch, Math.ceil((scratch * 4 + 1024) / 64) * 64);
    for (const at of this.#releases) this.space.release(at);
    this.#releases.length = 0;
  }

  /** Releases a buffer once the next op, which reads it still, has been emitted. */
  releaseAfterNext(at: number): void {
    this.#releases.push(at);
  }

  /** Values made besides the layers' own since the last call. */
  takeExtras(): Value[] {
    const extras = this.#extras;
    this.#extras = [];
    return extras;
  }

  /** Makes threads meet after the op emitted last. */
  meet(): void {
    if (this.#ops > 0) this.#words[(this.#ops - 1) * OP_WORDS + 1] = 1;
  }

  place(name: string): WeightPlace {
    const place = this.places.get(name);
    if (place === undefined) throw new Error(`internal error: expected a weight of the model, got ${name}`);
    return place;
  }

  /** Address of a weight (or of its average). */
  weight(name: string): number {
    const place = this.place(name);
    return this.mode.ema ? place.ema : place.weight;
  }

  /** A gradient buffer for a use of a weight, one part a chunk unless `parts` says otherwise. */
  use(name: string, prefix: Prefix, parts = CHUNKS): number {
    const stride = this.padded(prefix.columns);
    const gradient = this.space.floats(parts * prefix.outer * prefix.rows * stride);
    this.uses.push({ name, prefix, gradient, stride, parts });
    return gradient;
  }

  /** Emits the sums over the parts of what was used since the last call: only sums take space from then on. */
  gatherUses(): void {
    for (; this.#gathered < this.uses.length; this.#gathered++) {
      const { gradient, prefix, stride, parts } = this.uses[this.#gathered]!;
      if (parts === 1) continue;
      const floats = prefix.outer * prefix.rows * stride;
      this.emit('gatherGradient', [gradient, parts, floats], 0, true);
      this.space.shrink(gradient, floats);
    }
    this.meet();
  }

  /** A plain tensor of [rows, channels]. */
  plain(rows: number, channels: number, learns: boolean): Value {
    const stride = this.padded(channels);
    return this.#tensor(rows, channels, stride, this.space.floats(rows * stride), learns);
  }

  /**
   * A plain tensor without pad lanes, for convolutions to read; whole vectors may be read at its end. `data`: where it
   * lies outside the plan's own space; 0: nowhere yet.
   */
  closed(rows: number, channels: number, data: number): Value {
    if (data !== 0) return { ...this.#tensor(rows, channels, channels, data, false), buffers: [] };
    return this.#tensor(rows, channels, channels, this.space.floats(rows * channels + this.lanes), false);
  }

  #tensor(rows: number, channels: number, stride: number, data: number, learns: boolean): Value {
    const rowsPerImage = rows / this.images;
    const view = { data, norm: 0, gate: 0, activation: 0, channels, stride, rows, rowsPerImage };
    return { view, learns, gradient: undefined, sums: 0, buffers: [data] };
  }

  /** Another look at a value's data; `added` are buffers that the view needs besides. */
  look(from: Value, view: View, ...added: number[]): Value {
    const buffers = [...from.buffers.map((at) => this.space.hold(at)), ...added];
    return { view, learns: from.learns, gradient: undefined, sums: 0, buffers };
  }

  drop(value: Value): void {
    for (const at of value.buffers) this.space.release(at);
  }

  /** The value with nothing left to its readers; itself when it is so already. */
  materialise(value: Value): Value {
    if (isPlain(value.view)) return value;
    const { rows, channels, stride } = value.view;
    const made = this.plain(rows, channels, value.learns);
    this.#extras.push(made);
    const words = [...sourceWords(value.view), floatBits(1), ...noSource, floatBits(0), made.view.data, rows];
    this.emit('combine', words, 2 * PASS_ROWS * stride);
    this.onBackward(() => {
      const gradient = this.takeValues(made);
      if (gradient !== 0) this.passOn(value, gradient);
    });
    return made;
  }

  /** Registers a layer's backward part; they run in the reverse order. */
  onBackward(part: () => void): void {
    if (this.mode.backward) this.#tape.push(part);
  }

  /** Emits the backward pass. */
  backward(): void {
    for (const part of this.#tape.reverse()) part();
    this.#tape.length = 0;
  }

  /**
   * A sink for the gradient of `value` that a kernel writes; after the op the value has it. `over`: a buffer of its size
   * which that op reads, element by element before it writes; it is written over where the caller alone holds it, since
   * lines that were just read are near.
   */
  sink(value: Value, over = 0): Sink {
    const { view } = value;
    const none = { out: 0, add: 0, data: 0, norm: 0, activation: 0, stride: view.stride, sums: 0 };
    if (!value.learns) return none;
    const out = this.#over(over, view.rows * view.stride);
    const before = value.gradient;
    value.gradient = { values: out, data: 0, fold: 0 };
    if (view.gate !== 0) return { ...none, out };
    if (isPlain(view)) {
      if (before === undefined) return { ...none, out };
      this.releaseAfterNext(before.values);
      return { ...none, out, add: before.values };
    }
    if (view.norm !== 0) value.sums = this.space.floats(CHUNKS * 2 * view.stride);
    return { ...none, out, data: view.data, norm: view.norm, activation: view.activation, sums: value.sums };
  }

  #over(at: number, floats: number): number {
    return at !== 0 && this.space.isSole(at) ? this.space.hold(at) : this.space.floats(floats);
  }

  /** Gives `value` the gradient held in `gradient` (of `factor` times it), whose one hold passes to it. */
  passOn(value: Value, gradient: number, factor = 1): void {
    const { view } = value;
    const shared = factor === 1 && (view.gate !== 0 || view.activation === 0);
    if (!value.learns) {
      this.space.release(gradient);
    } else if (shared && value.gradient === undefined) {
      value.gradient = { values: gradient, data: 0, fold: 0 };
      if (view.gate !== 0 || view.norm === 0) return;
      value.sums = this.space.floats(CHUNKS * 2 * view.stride);
      const { data, norm, stride } = view;
      const sums = { out: 0, add: 0, data, norm, activation: 0, stride, sums: value.sums };
      this.unapply(value, gradient, sums, {});
    } else {
      this.unapply(value, gradient, this.sink(value, gradient), { factor });
      this.space.release(gradient);
    }
  }

  /** Emits `unapply` of a gradient [rows, stride], or [images, stride] when `perImage`, into a sink. */
  unapply(
    value: Value,
    gradient: number,
    sink: Sink,
    how: { perImage?: boolean; factor?: number; gate?: number; extra?: number; extraFactor?: number },
  ): void {
    this.emit('unapply', [
      gradient,
      how.perImage ? 1 : 0,
      floatBits(how.factor ?? 1),
      how.gate ?? 0,
      how.extra ?? 0,
      floatBits(how.extraFactor ?? 0),
      value.view.rowsPerImage,
      value.view.rows,
      ...sinkWords(sink),
    ]);
  }

  /** Takes a plain value's gradient as values, unfolded if need be; 0 when it has none. The hold passes to the caller. */
  takeValues(value: Value): number {
    const gradient = value.gradient;
    if (gradient === undefined) return 0;
    value.gradient = undefined;
    if (gradient.fold === 0) return gradient.values;
    const out = this.#unfold(value, gradient, 0);
    this.releaseGradient(gradient);
    return out;
  }

  /** Takes a gradient as it is. */
  takeGradient(value: Value): Gradient | undefined {
    const gradient = value.gradient;
    value.gradient = undefined;
    return gradient;
  }

  releaseGradient(gradient: Gradient): void {
    this.space.release(gradient.values);
    if (gradient.fold !== 0) this.space.release(gradient.fold);
  }

  /** Gives a plain value a gradient folded with its own data; kept folded where it is the only one. */
  passFolded(value: Value, gradient: Gradient, keep: boolean): void {
    if (!value.learns) {
      this.releaseGradient(gradient);
    } else if (keep && value.gradient === undefined) {
      value.gradient = gradient;
    } else {
      const before = this.takeValues(value);
      value.gradient = { values: this.#unfold(value, gradient, before), data: 0, fold: 0 };
      if (before !== 0) this.space.release(before);
      this.releaseGradient(gradient);
    }
  }

  #unfold(value: Value, gradient: Gradient, add: number): number {
    const out = this.#over(gradient.values, value.view.rows * value.view.stride);
    this.emit('unfold', [...gradientWords(gradient, value.view.stride), add, out, value.view.rows]);
    return out;
  }
}
