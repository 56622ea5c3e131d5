import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { readEntry } from '../cache.ts';
import { isTemporary, type Layout } from '../layout.ts';
import { readSignature } from '../signatures.ts';
import type { Checked, Finding } from './finding.ts';

/** Relative paths of what lies below a directory, and of directories that have the name of an entry. */
async function entriesBelow(files: Files, directory: string, below = ''): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(path.join(directory, below))) {
    const relative = below === '' ? name : `${below}/${name}`;
    const isHome =
      !name.endsWith('.json') && (await files.stat(path.join(directory, relative)))?.kind === 'directory';
    if (isHome) found.push(...(await entriesBelow(files, directory, relative)));
    else if (!isTemporary(name)) found.push(relative);
  }
  return found;
}

/** Signatures that are not as they were written: they are a cache. */
export async function checkSignatures(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  const names = await entriesBelow(files, at.signatures);
  for (const name of names) {
    const file = path.join(at.signatures, name);
    const digest = path.basename(name, '.json');
    const isOne = isDigest(digest) && file === at.signature(digest);
    const why = isOne ? 'it is not as it was written' : 'it is none';
    if (isOne && (await readSignature(files, at, digest))) continue;
    findings.push({ part: 'signature', what: `signatures/${name}`, why, path: file, remedy: 'drop' });
  }
  return { count: names.length, findings };
}

/** What was found out and kept, evaluations of architectures among it. */
export async function checkCache(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  const names = await entriesBelow(files, at.caches);
  for (const name of names) {
    if (await readEntry(files, at, name)) continue;
    const why = 'it is not as it was written';
    findings.push({ part: 'cache', what: `cache/${name}`, why, path: at.cache(name), remedy: 'drop' });
  }
  return { count: names.length, findings };
}
