import { scaled } from '../base/size.ts';

export { bytes } from '../base/size.ts';

/** How quantities are written for people. JSON output never passes through here. */

/** `10,000`; `3.1e12` from a billion upwards. */
export function count(value: number): string {
  if (Math.abs(value) >= 1e9) return power(value);
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 stage`, `1,200 stages`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

function power(value: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const mantissa = (value / 10 ** exponent).toFixed(1);
  return mantissa === '10.0' ? `1.0e${exponent + 1}` : `${mantissa}e${exponent}`;
}

/** Three significant digits at most, no exponent below a billion: `0.742`, `1.12`, `12.3`, `2,140`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) return count(value);
  if (size >= 10) return value.toFixed(1);
  if (size >= 1) return value.toFixed(2);
  if (size >= 0.001 || size === 0) return value.toFixed(3);
  return value.toExponential(1);
}

/** A large count with its SI prefix: `0.21 M`, `9.8 M`, `84 k`, `512`. */
export function si(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${scaled(value / 1e9)} G`;
  if (size >= 1e5) return `${scaled(value / 1e6)} M`;
  if (size >= 1e3) return `${scaled(value / 1e3)} k`;
  return count(value);
}

/** A share of one as a percentage: `91.3 %`. */
export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;

/** Milliseconds of a forward pass: `12.3 ms`, `2.41 ms`, `0.095 ms`. */
export const milliseconds = (ms: number): string =>
  `${ms > 0 && ms < 0.1 ? ms.toPrecision(2) : ms.toFixed(ms >= 100 ? 0 : ms >= 10 ? 1 : 2)} ms`;

/** How long something took, from milliseconds: `0.4s`, `18s`, `1m02s`, `2h05m`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h${two(minutes % 60)}m`;
}

/** Time left, from milliseconds: `0:32`, `12:05`, `1:02:09`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `2026-11-24 10:12`, in the local time zone. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The first hexadecimal digits of a digest, for people. */
export const short = (digest: string, length = 8): string => digest.slice(0, length);
