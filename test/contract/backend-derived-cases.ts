import { type Body, behindConv, bn, type Case, network, odd, whole } from './backend-case.ts';

/** Depthwise convolutions whose kernel is made of a larger one. */
export const derivedCases: readonly Case[] = [
  ...(
    [
      { through: [7, 5, 3], stride: 1, channels: 17 },
      { through: [7, 5], stride: 2, channels: 10 },
      { through: [5, 1], stride: 1, channels: 34 },
    ] as const
  ).map(({ through, stride, channels }) =>
    whole(
      `depthwise ${through.at(-1)}x${through.at(-1)} stride ${stride} derived from ${through[0]}x${through[0]}`,
      { h: 8, w: 7, c: 3 },
      behindConv(channels, (b, x) => {
        const kernel = through.at(-1)!;
        return b.batchNorm('bn', b.depthwise('depthwise', x, { kernel, stride, through }), bn);
      }),
    ),
  ),
  ((): Case => {
    const body =
      (channels: number) =>
      (sides: readonly number[]): Body =>
        behindConv(channels, (b, x) =>
          sides.reduce(
            (from, kernel, k) =>
              b.depthwise(`depthwise${k}`, from, {
                kernel,
                through: [7, 5, 3].filter((side) => side >= kernel),
                name: 'elastic',
              }),
            x,
          ),
        );
    const wide = network(odd, body(21)([3]));
    const byName = new Map(wide.weights.map((weight) => [weight.name, weight]));
    const path = network(odd, body(13)([5, 7, 3]), byName);
    return { name: 'three kernels derived from a prefix of one', path, weights: wide.weights, batch: 3 };
  })(),
  ((): Case => {
    const body =
      (widths: readonly number[]): Body =>
      (b, x) => {
        const sides = widths.map((filters, k) => {
          const wide = b.conv(`wide${k}`, x, { filters, kernel: 1, name: 'wide' });
          const normal = b.batchNorm(`bn${k}`, wide, { ...bn, name: 'bn', mode: 'stateless' });
          return b.conv(`narrow${k}`, b.activation(`act${k}`, normal, 'tanh'), {
            filters: 6,
            kernel: 1,
            name: 'narrow',
          });
        });
        return sides.reduce((sum, side, k) => b.add(`sum${k}`, sum, side));
      };
    const wide = network(odd, body([40]));
    const byName = new Map(wide.weights.map((weight) => [weight.name, weight]));
    const path = network(odd, body([19, 33, 10]), byName);
    return {
      name: 'stateless: prefixes of several widths of one normalisation',
      path,
      weights: wide.weights,
      batch: 3,
    };
  })(),
];
