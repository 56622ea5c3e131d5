import { widthOf } from './layout.ts';
import { count, figure, milliseconds, percent, si } from './units.ts';

/** Headline facts of a stage by name, as its record and its events carry them. */
export type Facts = Readonly<Record<string, string | number | undefined>>;

/**
 * One fact as a person would say it: rates and counts have their unit behind (`2,140 img/s`, `10,000 train`), shares and
 * other figures their name before (`accuracy 91.3 %`, `loss 1.12`), texts stand alone unless they are a number.
 */
export function fact(name: string, value: string | number): string {
  if (typeof value === 'string') {
    if (name === 'on') return `on ${value}`;
    return /^[\d.,]+(e\d+)?$/.test(value) ? `${value} ${name}` : value;
  }
  if (name === 'images/s') return `${count(value)} img/s`;
  if (name === 'ms' || name === 'latency') return milliseconds(value);
  if (name === 'margin') return `± ${(value * 100).toFixed(1)}`;
  if (/^p\d+$|^predicted$| ms$/.test(name)) return `${name.replace(/ ms$/, '')} ${milliseconds(value)}`;
  if (name.endsWith('/s')) return `${figure(value)} ${name}`;
  if (/(^|[ -])(params|macs)$/i.test(name)) return `${si(value)} ${name.replace(/macs$/i, 'MACs')}`;
  if (isShare(name)) return `${name} ${percent(value)}`;
  if (/^(loss|reward|entropy|tau|tau from|tau to|rho|r2)$/.test(name)) return `${name} ${figure(value)}`;
  if (!Number.isInteger(value)) return `${name} ${figure(value)}`;
  return `${count(value)} ${value === 1 && COUNTED.test(name) ? name.slice(0, -1) : name}`;
}

/** Things that there may be one of. */
const COUNTED = /^(epochs|steps|images|shapes|networks|evaluations|trials|architectures|encodings)$/;

/** Whether a fact of this name is a share of one. */
const isShare = (name: string): boolean => /(^|[ -])(accuracy|top5|error)$/i.test(name);

/** The facts in their order, a dot between; where not all fit into `width` columns, the first ones that do. */
export function factsLine(facts: Facts, width = Number.POSITIVE_INFINITY): string {
  let line = '';
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    const longer = line === '' ? fact(name, value) : `${line} · ${fact(name, value)}`;
    if (line !== '' && widthOf(longer) > width) break;
    line = longer;
  }
  return line;
}
