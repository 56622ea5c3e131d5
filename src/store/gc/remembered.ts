import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { isTemporary, type Layout } from '../layout.ts';

/** What the store found out and keeps because that took time. Losing it loses time only. */
export interface Remembered {
  /** Path below the cache. */
  readonly name: string;
  readonly path: string;
  /** On the disk: a file takes whole blocks. */
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly changedAt: number;
  /** Digest of the artifact that it is known of; absent: of none. */
  readonly artifact?: string;
}

const BLOCK = 4096;

/** All that is remembered, the latest first. */
export async function readRemembered(files: Files, at: Layout): Promise<Remembered[]> {
  const found: Remembered[] = [];
  async function look(below: string): Promise<void> {
    const names = (await files.list(path.join(at.caches, below))).filter((name) => !isTemporary(name));
    const entries = names.map((name) => (below === '' ? name : `${below}/${name}`));
    const stats = await files.statAll(entries.map(at.cache));
    for (const [index, name] of entries.entries()) {
      const stat = stats[index];
      if (stat?.kind === 'directory') await look(name);
      if (stat?.kind !== 'file') continue;
      const [, digest = ''] = /^essence\/([^-]+)-/.exec(name) ?? [];
      const bytes = Math.ceil(stat.size / BLOCK) * BLOCK;
      const changedAt = Number(stat.modified / 1_000_000n);
      const artifact = isDigest(digest) ? { artifact: digest } : {};
      found.push({ name, path: at.cache(name), bytes, changedAt, ...artifact });
    }
  }
  await look('');
  return found.sort((a, b) => b.changedAt - a.changedAt || (a.name < b.name ? -1 : 1));
}

/**
 * What of it goes: what is known of artifacts that are not there, and the oldest beyond `limit` bytes; what is young
 * stays.
 */
export function forgettable(
  remembered: readonly Remembered[],
  limit: number,
  isYoung: (changedAt: number) => boolean,
  isThere: (artifact: string) => boolean,
): Remembered[] {
  let kept = 0;
  return remembered.filter(({ artifact, bytes, changedAt }) => {
    const fits = kept + bytes <= limit && (artifact === undefined || isThere(artifact));
    if (!fits && !isYoung(changedAt)) return true;
    kept += bytes;
    return false;
  });
}
