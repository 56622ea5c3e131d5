import { InvalidArgumentError } from 'commander';

const UNITS: { readonly [unit: string]: number } = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Bytes from `20GB`, `1.5 GiB`, `4096`. */
export function parseBytes(text: string): number {
  const [, number, unit = 'B'] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)?$/.exec(text.trim()) ?? [];
  const scale = Object.entries(UNITS).find(([name]) => name.toLowerCase() === unit.toLowerCase())?.[1];
  if (number === undefined || scale === undefined) {
    throw new InvalidArgumentError('Expected a size like 20GB, 500MB or 4096.');
  }
  return Math.floor(Number(number) * scale);
}

const SECONDS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Seconds from `90`, `90s`, `10m`, `12h`, `7d`, `2w`. */
export function parseSeconds(text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)\s*([smhdw])?$/.exec(text.trim()) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a time like 90s, 10m, 12h or 7d.');
  return Number(number) * SECONDS[unit]!;
}
