import type { Change } from '../kinds/index.ts';
import { figure, milliseconds, percent, si } from './units.ts';

/** One difference of two artifacts: `accuracy 90.9 % → 91.3 % (within noise)` */
export function artifactChange({ what, from, to, unit, note }: Change): string {
  const value = (of: string | number | undefined): string => {
    if (of === undefined) return 'nothing';
    if (typeof of === 'string') return /^[0-9a-f]{64}$/.test(of) ? `${of.slice(0, 8)}…` : of;
    if (unit === 'share') return percent(of);
    if (unit === 'ms') return milliseconds(of);
    return unit === 'params' || unit === 'macs' ? si(of) : figure(of);
  };
  const sides = from === undefined && to === undefined ? '' : ` ${value(from)} → ${value(to)}`;
  return `${what}${sides}${note === undefined ? '' : ` (${note})`}`;
}

/** The first few differences, and how many more there are. */
export function artifactChanges(changes: readonly Change[], most: number): string {
  const more = changes.length > most ? [`and ${changes.length - most} more`] : [];
  return [...changes.slice(0, most).map(artifactChange), ...more].join('; ');
}
