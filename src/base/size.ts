/** A figure of three digits. */
export const scaled = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 1 ? value.toFixed(1) : value.toFixed(2);

/** `1.2 MB`, `34 kB`, `512 B`; powers of 1000. */
export function bytes(value: number): string {
  if (value >= 1e12) return `${scaled(value / 1e12)} TB`;
  if (value >= 1e9) return `${scaled(value / 1e9)} GB`;
  if (value >= 1e6) return `${scaled(value / 1e6)} MB`;
  if (value >= 1e3) return `${scaled(value / 1e3)} kB`;
  return `${value} B`;
}
