/** Milliseconds; the kernel's clock ticks every 1 to 10. */
const RACY_MS = 20;
/** The same where a file system keeps whole seconds, or two. */
const COARSE_RACY_MS = 2100;

/**
 * Whether a file that changed at `changed` (ns) cannot change again without its times showing it, after it was looked at
 * at `at` (ms): one that had changed just before is not trusted (git's "racily clean" entries).
 */
export function isSettled(changed: bigint, at: number): boolean {
  const window = changed % 1_000_000_000n === 0n ? COARSE_RACY_MS : RACY_MS;
  return changed <= BigInt(at - window) * 1_000_000n;
}
