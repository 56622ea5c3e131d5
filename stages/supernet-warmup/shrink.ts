import type { Json } from '../../src/base/index.ts';
import {
  isWhole,
  type SearchSpace,
  type Shrunk,
  shrunkEncoding,
  shrunkEncodings,
  sortChannels,
  supernetPath,
  trainedValues,
  withSide,
} from '../../src/nas/index.ts';
import type { Backend, Model, Shape, Tensors } from '../../src/net/index.ts';
import { together } from '../../src/net/index.ts';
import type { Params } from '../../src/schema/generated/stages/supernet-warmup.ts';
import { type Essences, type Split, type StageContext, stageFailure } from '../../src/stage/index.ts';
import {
  type Conditions,
  type Cursor,
  inputConditions,
  openLargest,
  openTeacher,
  type Recipe,
  recipeBatches,
  requireUnchanged,
  restore,
  settingsOf,
  start,
  stepsOf,
  type Teacher,
  train,
} from '../../src/train/index.ts';

type Mode = Extract<Params['mode'], { kind: 'progressive-shrinking' }>;
type StacksSpace = Extract<SearchSpace, { grammar: 'stacks' }>;

/** What a checkpoint holds besides the training of a phase; the teacher's weights are its tensors. */
interface Saved {
  readonly phase: number;
  readonly taught: boolean;
  /** The phases up to this one. */
  readonly under: Conditions;
}

/** A space whose layers can shrink. Ends the stage with `no-shrinking` for other grammars. */
export function requireShrinking(space: SearchSpace): StacksSpace {
  if (space.grammar === 'stacks') return space;
  throw stageFailure(
    'no-shrinking',
    `progressive shrinking is for spaces of the grammar stacks, such as ofa-mobilenet-v3, but ${space.name} is of the grammar ${space.grammar}; take the mode sampled-paths`,
  );
}

/** Progressive shrinking of a model that holds a supernet's initial weights; gives the cursor of the last phase. */
export async function shrink(
  {
    inputs,
    inputDigests,
    rng,
    resume,
    tick,
    stopwatch,
  }: Pick<StageContext, 'inputDigests' | 'rng' | 'resume' | 'tick' | 'stopwatch'> & {
    readonly inputs: { readonly train: Split; readonly teacher?: Essences['model']['predictor'] };
  },
  space: StacksSpace,
  mode: Mode,
  recipe: Omit<Recipe, 'learningRate'>,
  backend: Backend,
  model: Model,
): Promise<{ readonly steps: number; readonly loss: number; readonly accuracy: number }> {
  const { teacherRatio } = mode;
  const phases = mode.phases.map(phaseOf);
  const { batch, augment, weightDecay, labelSmoothing, clipNorm, clipBy } = recipe;
  const batchesOf = (phase: number) =>
    recipeBatches(inputs.train, { batch, augment }, rng.fork(`phase ${phase}`));
  const lengths = phases.map(({ epochs }, phase) => stepsOf(epochs, batchesOf(phase)));
  const stepsBefore = (phase: number): number => lengths.slice(0, phase).reduce((sum, each) => sum + each, 0);
  const under = (phase: number): Conditions => ({
    ...inputConditions(inputDigests),
    teacherRatio,
    phases: phases.slice(0, phase) as unknown as Json,
  });
  const largestEncoding = shrunkEncoding(space, largest, rng);
  const whole = supernetPath(space, largestEncoding);
  /** Weights of the largest network when it had been trained alone. */
  let learned: Tensors | undefined;
  let teacher: Teacher | undefined =
    inputs.teacher && (await openTeacher(backend, inputs.teacher, inputs.train.info));
  const takeTeacher = async (weights: Tensors): Promise<void> => {
    if (inputs.teacher !== undefined) return;
    await teacher?.close();
    learned = weights;
    const pathFor = ({ h }: Shape) => supernetPath(space, withSide(space, largestEncoding, h));
    teacher = await openLargest(backend, pathFor, whole.weights, weights);
  };
  let first = 0;
  let cursor: Cursor = start;
  try {
    if (resume) {
      const { cursor: at, extra } = await restore(model, resume);
      const saved = extra.state as unknown as Saved;
      requireUnchanged(saved.under, under(saved.phase));
      first = saved.phase;
      cursor = at;
      if (saved.taught) await takeTeacher(extra.tensors);
    }
    for (let phase = first; phase < phases.length; phase++) {
      const shrunk = phases[phase]!;
      if (phase > first) cursor = start;
      if (cursor.step === 0) await prepare(phase);
      const batches = batchesOf(phase);
      const draws = rng.fork('sub-networks').fork(phase);
      const { rate, warmup, subnets } = shrunk;
      const settings = settingsOf(
        { learningRate: { kind: 'cosine', rate, warmup }, weightDecay, labelSmoothing, clipNorm, clipBy },
        batches.perEpoch,
      );
      cursor = await train({
        model,
        batches,
        steps: lengths[phase]!,
        pathAt: (step) =>
          together(
            shrunkEncodings(space, shrunk, subnets, draws.fork(step)).map((encoding) =>
              supernetPath(space, encoding),
            ),
          ),
        settings: { ...settings, ...(teacher && { teacherRatio }) },
        ...(teacher && { teach: teacher.teach }),
        rng: rng.fork(`phase ${phase}`),
        tick,
        stopwatch,
        cursor,
        phase: isWhole(shrunk) ? 'the largest network' : `phase ${phase + 1} of ${phases.length}`,
        ticksBefore: stepsBefore(phase),
        ticksAfter: stepsBefore(phases.length) - stepsBefore(phase + 1),
        extra: () => ({
          state: { phase, taught: learned !== undefined, under: under(phase) } as unknown as Json,
          tensors: learned ?? new Map(),
        }),
      });
    }
  } finally {
    await teacher?.close();
  }
  const { subnets } = phases.at(-1)!;
  return { steps: stepsBefore(phases.length), loss: cursor.loss / subnets, accuracy: cursor.accuracy };

  /** What the end of the phase before leaves to this one: a teacher, channels in the order of their importance. */
  async function prepare(phase: number): Promise<void> {
    const before = phases[phase - 1];
    if (before === undefined) return;
    const now = phases[phase]!;
    if (isWhole(before)) await takeTeacher(await model.read(whole.weights.map(({ name }) => name)));
    const supported = trainedValues(space, 'expansion', before);
    if (trainedValues(space, 'expansion', now).every((ratio) => supported.includes(ratio))) return;
    await model.write(sortChannels(space, await model.read(), supported));
  }
}

const largest: Shrunk = { kernel: null, depth: null, expansion: null };

/** A phase with what params leave to their defaults. */
const phaseOf = ({
  kernel = null,
  depth = null,
  expansion = null,
  warmup = 0,
  subnets = 1,
  ...phase
}: Mode['phases'][number]) => ({ kernel, depth, expansion, warmup, subnets, ...phase });
