import { count, figure, milliseconds, percent, si } from './units.ts';

/** Headline facts of a stage by name, as its record and its events carry them. */
export type Facts = Readonly<Record<string, string | number | undefined>>;

/**
 * One fact as a person would say it: rates and counts have their unit behind (`2,140 img/s`, `10,000 train`), shares and
 * other figures their name before (`accuracy 91.3 %`, `loss 1.12`), texts stand alone.
 */
export function fact(name: string, value: string | number): string {
  if (typeof value === 'string') return value;
  if (name === 'images/s') return `${count(value)} img/s`;
  if (name === 'ms') return milliseconds(value);
  if (name.endsWith('/s')) return `${figure(value)} ${name}`;
  if (/(^|[ -])(params|macs)$/i.test(name)) return `${si(value)} ${name.replace(/macs$/i, 'MACs')}`;
  if (isShare(name)) return `${name} ${percent(value)}`;
  return Number.isInteger(value) ? `${count(value)} ${name}` : `${name} ${figure(value)}`;
}

/** Whether a fact of this name is a share of one. */
const isShare = (name: string): boolean => /(^|[ -])(accuracy|top5|error)$/i.test(name);

/** All facts in their order, a dot between. */
export const factsLine = (facts: Facts): string =>
  Object.entries(facts)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([name, value]) => fact(name, value))
    .join(' · ');
