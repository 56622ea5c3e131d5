import type { Tensors } from '../net/network.ts';
import type { Change } from './kind.ts';
import { counted } from './text.ts';

/**
 * How named tensors differ, as at most one change. Its delta is the largest relative difference within a tensor that
 * both have in one shape: max |a - b| / max |a|, 1 where a is all zeros; its note also counts the others.
 */
export function weightChanges(a: Tensors, b: Tensors): Change[] {
  let [missing, reshaped, differing, common, largest, where] = [0, 0, 0, 0, 0, ''];
  for (const [name, { shape, data }] of a) {
    const other = b.get(name);
    if (other === undefined) missing++;
    else if (`${shape}` !== `${other.shape}`) reshaped++;
    else {
      common++;
      const difference = relativeDifference(data, other.data);
      if (difference === 0) continue;
      differing++;
      if (difference > largest || where === '') [largest, where] = [difference, name];
    }
  }
  const added = [...b.keys()].filter((name) => !a.has(name)).length;
  const notes = [
    ...(missing > 0 ? [`${counted(missing, 'tensor')} only in the first`] : []),
    ...(added > 0 ? [`${counted(added, 'tensor')} only in the second`] : []),
    ...(reshaped > 0 ? [`${counted(reshaped, 'tensor')} of another shape`] : []),
    ...(differing > 0
      ? [
          `${differing} of ${counted(common, 'tensor')} with other values, ` +
            `most of all ${where} by ${largest.toPrecision(3)} of its largest`,
        ]
      : []),
  ];
  if (notes.length === 0) return [];
  return [{ what: 'weights', ...(differing > 0 ? { delta: largest } : {}), note: notes.join('; ') }];
}

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
