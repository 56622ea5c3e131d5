import { convBnAct } from '../../net/blocks.ts';
import type { Handle } from '../../net/builder.ts';
import type { MacroBranch } from '../space/macro.ts';
import { kernelOf, type Place, pooled } from './macro-place.ts';

/**
 * Some channels of every operation, concatenated and brought to the layer's channels by a 1x1 convolution (release
 * `_enas_layer` without whole channels). Over a supernet a branch takes its range of the channels of its operation and of the
 * rows of that convolution; a path computes the channels before the range too, and leaves them out. In the form `final` the
 * activation is in front of the convolution (release `_fixed_layer`, whose counts do not grow at the halvings as these do).
 */
export function partedLayer(place: Place, from: Handle, branches: readonly MacroBranch[]): Handle {
  const { assembly, space, id, filters } = place;
  const { builder } = assembly;
  const part = filters / space.partition;
  const all = assembly.concat(
    `${id}.mix.all`,
    branches.map(({ operation, first, count }) => {
      const range = { first: first * part, count: count * part };
      return { source: operation, tensor: branch(place, from, operation, range), first: range.first };
    }),
  );
  const active = (tensor: Handle): Handle => builder.activation(`${id}.mix.act`, tensor, 'relu');
  const final = space.form === 'final';
  const conv = assembly.conv(`${id}.mix.conv`, final ? assembly.each(all, active) : all, filters);
  const normalised = builder.batchNorm(`${id}.mix.bn`, conv, space.batchNorm);
  return final ? normalised : active(normalised);
}

/** An operation whose result has these channels of it alone; pooling has no channel that is not pooled. */
function branch(
  place: Place,
  from: Handle,
  operation: MacroBranch['operation'],
  range: { readonly first: number; readonly count: number },
): Handle {
  const { assembly, space, id, filters } = place;
  const { builder } = assembly;
  const { batchNorm } = space;
  const own = `${id}.${operation}`;
  const kernel = kernelOf(operation);
  const conv = (name: string, x: Handle, options: { filters: number; kernel: number }): Handle =>
    convBnAct(builder, name, x, { ...options, activation: 'relu', batchNorm });
  if (operation === 'avg3' || operation === 'max3') {
    return assembly.range(`${own}.in`, range, (count) =>
      pooled(place, `${own}.pool`, conv(`${own}.in`, from, { filters: count, kernel: 1 }), operation),
    );
  }
  const x = conv(`${own}.in`, from, { filters, kernel: 1 });
  if (!operation.startsWith('sep')) {
    return assembly.range(`${own}.out`, range, (count) => conv(`${own}.out`, x, { filters: count, kernel }));
  }
  const deep = builder.depthwise(`${own}.depthwise`, x, { kernel });
  return assembly.range(`${own}.pointwise`, range, (count) =>
    conv(`${own}.pointwise`, deep, { filters: count, kernel: 1 }),
  );
}
