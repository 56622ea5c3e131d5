import { type Handle, NetworkBuilder } from '../../src/net/builder.ts';
import type { Network, Shape, WeightSpec } from '../../src/net/network.ts';

export const bn = { decay: 0.9, epsilon: 1e-3 };
export const classes = 5;

/** One network (or path over wider weights) that the backends are compared on. */
export interface Case {
  readonly name: string;
  readonly weights: readonly WeightSpec[];
  readonly path: Network;
  readonly batch: number;
}

export type Body = (builder: NetworkBuilder, from: Handle) => Handle;

/** input → body → mean over pixels → dense. */
export function network(input: Shape, body: Body, shared?: ReadonlyMap<string, WeightSpec>): Network {
  const builder = new NetworkBuilder(input, shared);
  const pooled = builder.globalPool('pool', body(builder, builder.input));
  return builder.finish(builder.dense('head', pooled, { units: classes }));
}

export const whole = (name: string, input: Shape, body: Body, batch = 3): Case => {
  const path = network(input, body);
  return { name, path, weights: path.weights, batch };
};

/** A 1x1 convolution in front, so that the layer's input gradient is seen in a weight. */
export const behindConv =
  (channels: number, body: Body): Body =>
  (b, from) =>
    body(b, b.conv('front', from, { filters: channels, kernel: 1, bias: true }));

export const odd: Shape = { h: 7, w: 5, c: 3 };
export const even: Shape = { h: 6, w: 8, c: 3 };
