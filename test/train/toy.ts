import { createRng } from '../../src/base/rng.ts';
import { type Handle, NetworkBuilder } from '../../src/net/builder.ts';
import type { Network, WeightSpec } from '../../src/net/network.ts';
import type { Split } from '../../src/stage/artifacts.ts';
import type { BatchSource } from '../../src/train/index.ts';
import { trainingBatches } from '../../src/train/index.ts';

/** Noisy 4x4 pictures of a bright left half, right half, or neither: three classes that a tiny net tells apart. */
export function toySplit(count: number, seed = 1): Split {
  const rng = createRng(seed).fork('toy');
  const images = new Uint8Array(count * 16);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    labels[i] = i % 3;
    for (let p = 0; p < 16; p++) {
      const bright = labels[i] === 2 ? false : p % 4 < 2 === (labels[i] === 0);
      images[i * 16 + p] = (bright ? 150 : 50) + rng.integer(60);
    }
  }
  return {
    info: {
      name: 'toy',
      count,
      height: 4,
      width: 4,
      channels: 1,
      classes: ['left', 'right', 'neither'],
      mean: [0.4],
      deviation: [0.2],
    },
    images,
    labels,
  };
}

const bn = { decay: 0.9, epsilon: 1e-3 };

/** Convolution, batch norm, one of two alternatives, dropout, dense. */
function toyNetwork(alternative: 'k1' | 'k3' | 'both', shared?: ReadonlyMap<string, WeightSpec>): Network {
  const b = new NetworkBuilder({ h: 4, w: 4, c: 1 }, shared);
  const stem = b.activation(
    'act',
    b.batchNorm('bn', b.conv('stem', b.input, { filters: 4, kernel: 3, stride: 2 }), bn),
    'relu',
  );
  const options: Handle[] = [];
  if (alternative !== 'k3') options.push(b.conv('k1', stem, { filters: 4, kernel: 1 }));
  if (alternative !== 'k1') options.push(b.conv('k3', stem, { filters: 4, kernel: 3 }));
  const body = options.length === 1 ? options[0]! : b.mix('mix', options, [0.5, 0.5]);
  const columns = b.conv('columns', b.batchNorm('bn2', body, bn), { filters: 6, kernel: 3, stride: 2 });
  const kept = b.dropout('drop', b.globalPool('pool', columns), 0.1);
  return b.finish(b.dense('head', kept, { units: 3 }));
}

export const toySupernet = toyNetwork('both');
const shared = new Map(toySupernet.weights.map((weight) => [weight.name, weight]));
/** Two paths over the weights of the toy supernet. */
export const toyPaths = [toyNetwork('k1', shared), toyNetwork('k3', shared)] as const;

export const toyBatches = (split: Split, batchSize: number, seed = 3): BatchSource =>
  trainingBatches(split, { batchSize, rng: createRng(seed) });
