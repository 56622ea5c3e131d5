import type { Candidate, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';
import { imagenet, stack } from './parts.ts';

/** Stride and output channels of the universal inverted bottlenecks of MobileNetV4-Conv-Small. */
const BLOCKS = [[2, 96], ...Array(5).fill([1, 96]), [2, 128], ...Array(5).fill([1, 128])] as const;

/**
 * Universal inverted bottlenecks (Qin et al. 2024 §3) in the skeleton of MobileNetV4-Conv-Small: each block's two
 * depthwise convolutions are off, 3x3 or 5x5, its expansion 2, 3, 4 or 6, so that inverted bottleneck, ConvNext-like,
 * extra-depthwise and feed-forward blocks are its corners. A block that strides keeps its middle convolution.
 */
export function mobilenetV4Space(options: NamedSpaceOptions = {}): StacksSpace {
  const activation = 'relu';
  const conv = (id: string, filters: number, kernel: number, stride: number) => {
    const first: Candidate[] = [{ op: 'conv', kernel: [kernel], squeezeExcite: [false], skip: ['none'] }];
    return stack(id, { filters: [filters], stride, activation, first });
  };
  const block = (stride: number): Candidate => ({
    op: 'universal',
    start: [0, 3, 5],
    kernel: stride === 1 ? [0, 3, 5] : [3, 5],
    expansion: [2, 3, 4, 6],
  });
  return {
    ...imagenet(options),
    name: 'mobilenet-v4',
    stem: { filters: [32], kernel: [3], stride: 2, activation },
    stacks: [
      conv('c1', 32, 3, 2),
      conv('c2', 32, 1, 1),
      conv('c3', 96, 3, 2),
      conv('c4', 64, 1, 1),
      ...BLOCKS.map(([stride, filters], index) =>
        stack(`b${index + 1}`, { filters: [filters], stride, activation, first: [block(stride)] }),
      ),
    ],
    head: { filters: [960], hidden: [1280], hiddenForm: 'batch-norm', activation, dropout: 0.2 },
  };
}
