import type { Tensor, Tensors } from '../net/network.ts';
import { change } from './changes.ts';
import type { Change } from './kind.ts';

/**
 * How named tensors differ: those that only one side has, those of another shape, and, as one change, the largest
 * relative difference of values: max |a - b| / max |a| within a tensor, 1 where a is all zeros.
 */
export function weightChanges(a: Tensors, b: Tensors): Change[] {
  const changes: Change[] = [];
  let differing = 0;
  let largest = 0;
  let where = '';
  for (const name of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [from, to] = [a.get(name), b.get(name)];
    if (from === undefined || to === undefined || `${from.shape}` !== `${to.shape}`) {
      changes.push(...change(`weights.${name}`, shapeText(from), shapeText(to)));
      continue;
    }
    const difference = relativeDifference(from.data, to.data);
    if (difference === 0) continue;
    differing++;
    if (difference > largest || where === '') [largest, where] = [difference, name];
  }
  if (differing > 0) {
    const note =
      `${differing} of ${a.size} tensors differ; ` +
      `most of all ${where}, by ${largest.toPrecision(3)} of its largest value`;
    changes.push({ what: 'weights', delta: largest, note });
  }
  return changes;
}

const shapeText = (tensor: Tensor | undefined): string | undefined => tensor && `[${tensor.shape}]`;

function relativeDifference(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], b[i])) {
      size = Math.max(size, Math.abs(a[i]!));
      continue;
    }
    const distance = Math.abs(a[i]! - b[i]!);
    if (!Number.isFinite(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
    size = Math.max(size, Math.abs(a[i]!));
  }
  if (difference === 0) return 0;
  return size === 0 ? 1 : difference / size;
}
