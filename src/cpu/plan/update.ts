import type { ClipBy, OptimiserSpec } from '../../net/backend.ts';
import { type BatchNorm, movingNames } from '../../net/network.ts';
import type { Builder } from './builder.ts';
import { CHUNKS } from './ops.ts';
import { planOptimiser } from './optimiser.ts';
import type { WeightUse } from './value.ts';
import { type Prefix, prefixWords, unite, vectorPrefix, type WeightGradient } from './weights.ts';

/** Emits the sums over the uses of weights that several layers read. */
export function planGradients(builder: Builder): WeightGradient[] {
  const byName = new Map<string, WeightUse[]>();
  for (const use of builder.uses) byName.set(use.name, [...(byName.get(use.name) ?? []), use]);
  return [...byName].map(([name, uses]) => (uses.length === 1 ? uses[0]! : merge(builder, name, uses)));
}

function merge(builder: Builder, name: string, uses: readonly WeightUse[]): WeightGradient {
  const prefix = uses.map((use) => use.prefix).reduce(unite);
  const stride = builder.padded(prefix.columns);
  const floats = prefix.outer * prefix.rows * stride;
  const gradient = builder.space.floats(floats);
  builder.emit('clear', [gradient, floats]);
  for (const use of uses) {
    const { outer, rows, columns } = use.prefix;
    const words = [use.gradient, outer, rows, use.stride, gradient, prefix.rows, stride, columns];
    builder.emit('mergeGradient', words);
  }
  return { name, prefix, gradient, stride };
}

/** Addresses of the figures that change from step to step; see `Setting` in kernels/update.h. */
export interface Settings {
  readonly base: number;
  readonly clipNorm: number;
  readonly gradientScale: number;
}

/** Emits the update of every weight that has a gradient, and of the averages of all weights of the path. */
export function planUpdate(
  builder: Builder,
  gradients: readonly WeightGradient[],
  norms: readonly BatchNorm[],
  optimiser: OptimiserSpec,
  settings: Settings,
  clip: ClipBy | undefined,
): void {
  const trained = gradients.filter(({ name }) => builder.place(name).spec.trainable);
  if (clip === 'value') clampEach(builder, trained, settings);
  else if (clip === 'norm') scaleEach(builder, trained, settings);
  else if (clip === 'global-norm') {
    const squares = squaredNorms(builder, trained);
    builder.emit('clipScale', [squares, trained.length * CHUNKS, settings.clipNorm, settings.gradientScale]);
  }
  planOptimiser(builder, trained, optimiser, settings.base);
  if (!optimiser.ema) return;
  const moving = norms.flatMap((layer) =>
    (movingNames(layer) ?? []).map((name) => ({
      name,
      prefix: vectorPrefix(builder.place(name).spec.shape, layer.output.c),
    })),
  );
  for (const { name, prefix } of [...gradients, ...unitePrefixes(moving)]) {
    const { weight, ema } = builder.place(name);
    builder.emit('average', [...prefixWords(weight, prefix), ema, settings.base], 0, true);
  }
  builder.meet();
}

/** Emits the squared norm of each gradient, in [CHUNKS] parts. */
function squaredNorms(builder: Builder, trained: readonly WeightGradient[]): number {
  const squares = builder.space.floats(trained.length * CHUNKS);
  for (const [i, { gradient, prefix, stride }] of trained.entries()) {
    const words = [gradient, prefix.outer * prefix.rows, prefix.columns, stride, squares + i * CHUNKS * 4];
    builder.emit('squaredNorm', words, 0, true);
  }
  builder.meet();
  return squares;
}

const floatsOf = ({ prefix, stride }: WeightGradient): number => prefix.outer * prefix.rows * stride;

function clampEach(builder: Builder, trained: readonly WeightGradient[], settings: Settings): void {
  for (const each of trained) {
    builder.emit('clampGradient', [each.gradient, floatsOf(each), settings.clipNorm], 0, true);
  }
  builder.meet();
}

function scaleEach(builder: Builder, trained: readonly WeightGradient[], settings: Settings): void {
  const squares = squaredNorms(builder, trained);
  const factors = builder.space.floats(trained.length);
  for (const i of trained.keys()) {
    const words = [squares + i * CHUNKS * 4, CHUNKS, settings.clipNorm, factors + i * 4];
    builder.emit('clipScale', words, 0, true);
  }
  builder.meet();
  for (const [i, each] of trained.entries()) {
    builder.emit('scaleGradient', [each.gradient, floatsOf(each), factors + i * 4], 0, true);
  }
  builder.meet();
}

/** One entry a name, with the largest prefix: an average is taken once a step. */
function unitePrefixes(
  uses: readonly { name: string; prefix: Prefix }[],
): readonly { name: string; prefix: Prefix }[] {
  const byName = new Map<string, Prefix>();
  for (const { name, prefix } of uses) {
    const before = byName.get(name);
    byName.set(name, before === undefined ? prefix : unite(before, prefix));
  }
  return [...byName].map(([name, prefix]) => ({ name, prefix }));
}
