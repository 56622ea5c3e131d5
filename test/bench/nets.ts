import type { Rng } from '../../src/base/rng.ts';
import type { convBnAct, mbconv } from '../../src/net/blocks.ts';
import type { NetworkBuilder } from '../../src/net/builder.ts';
import type { Network } from '../../src/net/network.ts';

/** [kernel, expansion, output channels, stride, squeeze-and-excitation] */
type Block = readonly [number, number, number, number, boolean];

interface Workload {
  readonly side: number;
  readonly channels: number;
  readonly stem: number;
  readonly blocks: readonly Block[];
}

/** The two networks that speed is compared on: MBConv blocks at the sizes of CIFAR and of Fashion-MNIST. */
export const workloads: Readonly<Record<'cifar' | 'fmnist', Workload>> = {
  cifar: {
    side: 32,
    channels: 3,
    stem: 16,
    blocks: [
      [3, 3, 24, 2, false],
      [5, 3, 24, 1, true],
      [3, 6, 40, 2, false],
      [5, 6, 40, 1, true],
      [3, 3, 40, 1, false],
      [5, 6, 64, 1, true],
      [3, 6, 64, 1, false],
      [5, 6, 96, 2, true],
      [3, 6, 96, 1, false],
    ],
  },
  fmnist: {
    side: 28,
    channels: 1,
    stem: 16,
    blocks: [
      [3, 3, 16, 1, false],
      [5, 3, 24, 2, true],
      [3, 6, 24, 1, false],
      [5, 6, 40, 2, true],
      [3, 3, 40, 1, false],
      [5, 6, 96, 1, true],
    ],
  },
};

/** A workload as a network of ten classes. `Builder` is handed in, so that the bench can take the built one. */
export function workloadNetwork(
  net: {
    readonly NetworkBuilder: typeof NetworkBuilder;
    readonly convBnAct: typeof convBnAct;
    readonly mbconv: typeof mbconv;
  },
  { side, channels, stem, blocks }: Workload,
): Network {
  const builder = new net.NetworkBuilder({ h: side, w: side, c: channels });
  const batchNorm = { decay: 0.9, epsilon: 1e-5 };
  const activation = 'h-swish';
  let x = net.convBnAct(builder, 'stem', builder.input, { filters: stem, kernel: 3, activation, batchNorm });
  for (const [i, [kernel, expansion, output, stride, gated]] of blocks.entries()) {
    const expanded = x.shape.c * expansion;
    const squeeze = Math.max(8, expanded >> 2);
    x = net.mbconv(builder, `block${i}`, x, {
      expanded,
      output,
      kernel,
      stride,
      activation,
      batchNorm,
      ...(gated && { squeezeExcite: { squeeze, gate: 'hard-sigmoid' as const } }),
    });
  }
  return builder.finish(builder.dense('classifier', builder.globalPool('pool', x), { units: 10 }));
}

/** Networks that are trained in turn with one set of weights; of most workloads there is one. */
export interface Suite {
  readonly name: string;
  readonly networks: readonly Network[];
  /** The same networks alone, for who knows no shared weights. */
  readonly alone: readonly Network[];
  readonly weights: Network['weights'];
  readonly batch: number;
}

type Net = typeof import('../../src/net/index.ts');
type Nas = typeof import('../../src/nas/index.ts');

const single = (name: string, network: Network, batch = 64): Suite => ({
  name,
  networks: [network],
  alone: [network],
  weights: network.weights,
  batch,
});

/** What speed is compared on. The modules are handed in, so that the bench can take the built ones. */
export const suites = (net: Net, nas: Nas, rng: Rng): { readonly [name: string]: () => Suite } => ({
  cifar: () => single('cifar', workloadNetwork(net, workloads.cifar)),
  fmnist: () => single('fmnist', workloadNetwork(net, workloads.fmnist)),
  'v3-small-32': () =>
    single('v3-small-32', net.mobilenetV3Small({ input: { h: 32, w: 32, c: 3 }, classes: 10 })),
  'v3-small-224': () => single('v3-small-224', net.mobilenetV3Small({ classes: 10 }), 16),
  enas: () => {
    const space = nas.enasMacroSpace();
    return single('enas', nas.childNetwork(space, nas.randomEncoding(space, rng.fork('enas'))));
  },
  supernet: () => {
    const space = nas.mobilenetV3Space({ input: { h: 28, w: 28, c: 1 }, classes: 10, width: 0.5 });
    const encodings = Array.from({ length: 6 }, (_, i) => nas.randomEncoding(space, rng.fork(i)));
    return {
      name: 'supernet',
      networks: encodings.map((encoding) => nas.supernetPath(space, encoding)),
      alone: encodings.map((encoding) => nas.childNetwork(space, encoding)),
      weights: nas.supernetWeights(space),
      batch: 64,
    };
  },
});
