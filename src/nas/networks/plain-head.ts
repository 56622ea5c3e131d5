import type { Handle, NetworkBuilder } from '../../net/builder.ts';

/** Global mean, dropout, classifier without a bias. Layers `pool`, `dropout`, `classifier`. */
export function plainHead(
  builder: NetworkBuilder,
  from: Handle,
  { dropout, classes }: { readonly dropout: number; readonly classes: number },
): Handle {
  let x = builder.globalPool('pool', from);
  if (dropout > 0) x = builder.dropout('dropout', x, dropout);
  return builder.dense('classifier', x, { units: classes, bias: false });
}
