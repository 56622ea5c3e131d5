import type { Handle } from '../../net/builder.ts';
import type { Assembly, Joined } from './join.ts';

/** Global mean, dropout, classifier without a bias. Layers `pool`, `dropout`, `classifier`. */
export function plainHead(
  assembly: Assembly,
  from: Joined,
  { dropout, classes }: { readonly dropout: number; readonly classes: number },
): Handle {
  const { builder } = assembly;
  let x = assembly.each(from, (tensor) => builder.globalPool('pool', tensor));
  if (dropout > 0) x = assembly.each(x, (tensor) => builder.dropout('dropout', tensor, dropout));
  return assembly.dense('classifier', x, classes);
}
