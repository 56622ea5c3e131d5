import type { Handle } from '../../net/builder.ts';
import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { MacroBranch } from '../space/macro.ts';
import type { Assembly } from './join.ts';

/** Where a layer of a macro space is built. */
export interface Place {
  readonly assembly: Assembly;
  readonly space: MacroSpace;
  /** Of the layer. */
  readonly id: string;
  readonly filters: number;
}

/** Side of an operation's kernel in pixels. */
export const kernelOf = (operation: MacroBranch['operation']): number => Number(operation.at(-1));

/** Pooling of stride 1. */
export const pooled = ({ assembly }: Place, id: string, from: Handle, operation: 'avg3' | 'max3'): Handle =>
  assembly.builder.pool(id, from, {
    fn: operation === 'avg3' ? 'average' : 'max',
    kernel: kernelOf(operation),
  });
