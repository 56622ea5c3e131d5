import { createRng, type Rng } from '../../src/base/rng.ts';
import { type Handle, NetworkBuilder } from '../../src/net/builder.ts';
import { factorizedReduction, separable } from '../../src/net/cell-blocks.ts';
import type { ActivationName, Shape, WeightSpec } from '../../src/net/network.ts';
import { universalBottleneck } from '../../src/net/uib.ts';
import { type Case, classes } from './backend-cases.ts';

const pick = <T>(rng: Rng, from: readonly T[]): T => from[rng.integer(from.length)]!;

/** Smooth, so that two backends cannot fall on two sides of a kink. */
const smooth: readonly ActivationName[] = ['swish', 'tanh', 'sigmoid', 'h-swish'];

/** A large epsilon: with a small one, layers over layers of two equal values magnify rounding without bounds. */
const bn = { decay: 0.9, epsilon: 0.1 };

const KINDS = [
  'conv',
  'depthwise',
  'norm',
  'mbconv',
  'mix',
  'se',
  'pool',
  'grouped',
  'windows',
  'concat',
  'slice',
  'subsample',
  'zero',
  'scale',
  'drop-path',
  'separable',
  'reduction',
  'bottleneck',
] as const;

/**
 * A network of a few layers drawn from all kinds, in any order that shapes allow, over weights a little wider than it
 * uses; the name says how to draw it again.
 */
export function randomCase(seed: number): Case {
  const rng = createRng(seed).fork('random network');
  const input: Shape = { h: 1 + rng.integer(9), w: 1 + rng.integer(9), c: pick(rng, [1, 2, 3]) };
  const depth = 2 + rng.integer(5);
  const kinds: string[] = [];
  const path = (grow: number, shared?: ReadonlyMap<string, WeightSpec>) => {
    kinds.length = 0;
    const b = new NetworkBuilder(input, shared);
    // Half of them begin with a convolution, the others with whatever comes.
    const front = { filters: 1 + rng.fork('front').integer(12), kernel: 1 };
    let x = seed % 4 < 2 ? b.conv('front', b.input, front) : b.input;
    let middle = x;
    for (let i = 0; i < depth; i++) {
      x = layer(b, `l${i}`, x, rng.fork(i), grow, kinds);
      if (i === depth >> 1) middle = x;
    }
    const pooled = b.globalPool('pool', x);
    const kept = seed % 3 === 0 ? b.dropout('drop', pooled, 0.2) : pooled;
    const head = b.dense('head', kept, { units: classes });
    if (seed % 5 !== 0) return b.finish(head);
    const help = b.dense('auxiliary', b.globalPool('auxiliary/pool', middle), { units: classes });
    return b.finish(head, [{ output: help, weight: 0.4 }]);
  };
  const wide = path(seed % 2);
  const shared = new Map(wide.weights.map((weight) => [weight.name, weight]));
  const narrow = path(0, shared);
  const batch = pick(rng, [1, 2, 5, 9]);
  return {
    name: `random ${seed}: ${kinds.join(', ')} on ${batch}x${input.h}x${input.w}x${input.c}`,
    path: narrow,
    weights: wide.weights,
    batch,
  };
}

/** A convolution, dense in groups or depthwise, or a pooling with windows of any sides. */
function windows(b: NetworkBuilder, id: string, x: Handle, rng: Rng, grow: number): Handle {
  const { h, w, c } = x.shape;
  const side = (most: number) => 1 + rng.integer(Math.min(most, 7));
  const valid = rng.integer(3) === 0;
  const kernel = { h: side(valid ? h : 7), w: side(valid ? w : 7) };
  const fits = (taps: number, whole: number) => (taps - 1) * 2 + 1 <= whole;
  const dilation = rng.integer(2) === 0 && (!valid || (fits(kernel.h, h) && fits(kernel.w, w))) ? 2 : 1;
  const shape = { kernel, stride: 1 + rng.integer(3), ...(valid ? { padding: 'valid' as const } : {}) };
  switch (rng.integer(4)) {
    case 0:
      return b.pool(id, x, { ...shape, fn: pick(rng, ['average', 'max'] as const) });
    case 1:
      return b.batchNorm(`${id}/bn`, b.depthwise(id, x, { ...shape, dilation }), bn);
    case 2:
      return b.conv(id, x, { ...shape, dilation, filters: 1 + rng.integer(8) + grow, bias: true });
    default: {
      const groups = 1 + rng.integer(4);
      const even = b.conv(`${id}/even`, x, {
        filters: groups * Math.max(1, Math.round(c / groups)),
        kernel: 1,
      });
      return b.conv(id, even, { ...shape, dilation, groups, filters: groups * (1 + rng.integer(4)) });
    }
  }
}

/** One layer of the drawn kind; `grow` widens each width, and draws nothing. */
function layer(b: NetworkBuilder, id: string, x: Handle, rng: Rng, grow: number, kinds: string[]): Handle {
  const { c } = x.shape;
  const kernel = pick(rng, [1, 3, 5, 7]);
  const stride = pick(rng, [1, 1, 2]);
  const kind = pick(rng, KINDS);
  kinds.push(kind);
  switch (kind) {
    case 'conv': {
      const filters = 1 + rng.integer(24) + 3 * grow;
      const y = b.conv(id, x, { filters, kernel, stride, bias: rng.integer(2) === 0 });
      return b.activation(`${id}/act`, y, pick(rng, smooth));
    }
    case 'depthwise':
      return b.batchNorm(`${id}/bn`, b.depthwise(id, x, { kernel, stride }), bn);
    case 'norm':
      return b.activation(`${id}/act`, b.batchNorm(id, x, bn), pick(rng, smooth));
    case 'mbconv': {
      const expanded = c + 1 + rng.integer(20) + 5 * grow;
      const y = b.batchNorm(`${id}/bn1`, b.conv(`${id}/expand`, x, { filters: expanded, kernel: 1 }), bn);
      const z = b.depthwise(`${id}/depthwise`, b.activation(`${id}/act`, y, pick(rng, smooth)), { kernel });
      const w = b.activation(`${id}/act2`, b.batchNorm(`${id}/bn2`, z, bn), pick(rng, smooth));
      const out = b.batchNorm(`${id}/bn3`, b.conv(`${id}/project`, w, { filters: c, kernel: 1 }), bn);
      return b.add(`${id}/add`, x, out);
    }
    case 'mix': {
      const one = b.depthwise(`${id}/one`, x, { kernel: 3 });
      const two = b.conv(`${id}/two`, x, { filters: c, kernel: 1 });
      const coefficients = pick(rng, [
        [0.5, 0.5, 0],
        [0, 1, 0],
        [0.3, 0.3, 0.4],
      ]);
      return b.mix(id, [one, two, x], coefficients, rng.integer(2) === 0);
    }
    case 'se':
      return b.squeezeExcite(id, x, {
        squeeze: 1 + rng.integer(8) + grow,
        gate: pick(rng, ['sigmoid', 'hard-sigmoid'] as const),
      });
    case 'pool':
      return b.pool(id, x, {
        fn: pick(rng, ['average', 'max'] as const),
        kernel: pick(rng, [2, 3, 5]),
        stride,
      });
    case 'grouped': {
      const half = b.conv(`${id}/even`, x, { filters: 2 * (1 + rng.integer(6)), kernel: 1 });
      return b.conv(id, half, { filters: 2 * (1 + rng.integer(8)), kernel: 3, stride, groups: 2 });
    }
    case 'windows':
      return windows(b, id, x, rng, grow);
    case 'concat': {
      const filters = 1 + rng.integer(9) + grow;
      const one = b.activation(
        `${id}/act`,
        b.conv(`${id}/one`, x, { filters, kernel: 1 }),
        pick(rng, smooth),
      );
      return b.concat(id, rng.integer(2) === 0 ? [one, x] : [x, one, b.identity(`${id}/same`, x), one]);
    }
    case 'slice': {
      const count = Math.ceil(c / (1 + rng.integer(3)));
      const part = b.slice(id, x, rng.integer(2) === 0 ? 0 : c - count, count);
      return b.conv(`${id}/conv`, part, { filters: 1 + rng.integer(9) + grow, kernel: 1, bias: true });
    }
    case 'subsample':
      return b.subsample(id, x, { stride: 1 + rng.integer(3), offset: rng.integer(3) });
    case 'zero':
      return b.mix(id, [b.zero(`${id}/zero`, x.shape), x], [0.25, 0.75], rng.integer(2) === 0);
    case 'scale': {
      const mode = pick(rng, ['stateless', 'frozen', undefined] as const);
      const y = b.batchNorm(`${id}/bn`, x, { ...bn, ...(mode === undefined ? {} : { mode }) });
      return b.activation(`${id}/act`, b.scale(id, y, { initial: 1 }), pick(rng, smooth));
    }
    case 'drop-path': {
      const y = b.batchNorm(`${id}/bn`, b.conv(`${id}/conv`, x, { filters: c, kernel: 1 }), bn);
      return b.add(`${id}/add`, b.dropPath(id, b.activation(`${id}/act`, y, pick(rng, smooth)), 0.3), x);
    }
    case 'separable':
      return separable(b, id, x, {
        filters: 1 + rng.integer(12) + 2 * grow,
        kernel: pick(rng, [3, 5]),
        stride,
        dilation: 1 + rng.integer(2),
        activation: pick(rng, smooth),
        batchNorm: bn,
      });
    case 'reduction':
      return factorizedReduction(b, id, x, {
        filters: 2 * (1 + rng.integer(6)),
        stride: pick(rng, [1, 2]),
        batchNorm: bn,
      });
    case 'bottleneck':
      return universalBottleneck(b, id, x, {
        start: pick(rng, [0, 3, 5]),
        middle: pick(rng, [3, 5]),
        stride: pick(rng, [1, 2]),
        expanded: 1 + rng.integer(20) + 3 * grow,
        output: pick(rng, [c, 7]),
        activation: pick(rng, smooth),
        batchNorm: bn,
        ...(rng.integer(2) === 0 ? { layerScale: 0.5 } : {}),
        dropPath: pick(rng, [0, 0.3]),
      });
  }
}
