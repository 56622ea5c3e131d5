import type {
  Candidate,
  MbconvCandidate,
  SeparableCandidate,
  SpaceStack,
  StacksSpace,
} from '../../../schema/generated/artifacts/search-space.ts';

/** A layer that is left out. */
export const identity: Candidate = { op: 'identity' };

/** An inverted bottleneck; without squeeze-and-excitation, the input added where shapes allow, unless told. */
export const mbconv = (
  options: Pick<MbconvCandidate, 'kernel' | 'expansion'> & Partial<MbconvCandidate>,
): MbconvCandidate => ({ op: 'mbconv', squeezeExcite: [false], skip: ['identity'], ...options });

/** A depthwise and a linear 1x1 convolution; as `mbconv` unless told. */
export const separable = (
  options: Pick<SeparableCandidate, 'kernel'> & Partial<SeparableCandidate>,
): SeparableCandidate => ({ op: 'separable', squeezeExcite: [false], skip: ['identity'], ...options });

/** A stack; one layer of stride 1 unless told. */
export const stack = (
  id: string,
  options: Pick<SpaceStack, 'filters' | 'activation' | 'first'> & Partial<SpaceStack>,
): SpaceStack => ({ id, depth: [1], stride: 1, same: false, others: [], ...options });

/** What the sizes of images and classes are named by. */
export interface NamedSpaceOptions {
  /** Default 224x224x3. */
  readonly input?: StacksSpace['input'];
  /** Default 1000. */
  readonly classes?: number;
}

/** ImageNet's sizes; batch norm decay 0.99, epsilon 1e-3. */
export const imagenet = ({ input, classes }: NamedSpaceOptions) => ({
  grammar: 'stacks' as const,
  input: input ?? { h: 224, w: 224, c: 3 },
  sides: [],
  classes: classes ?? 1000,
  batchNorm: { decay: 0.99, epsilon: 1e-3 },
  rounding: 'divisible' as const,
  squeeze: 'expanded' as const,
  gate: 'hard-sigmoid' as const,
  identities: 'kept' as const,
});
