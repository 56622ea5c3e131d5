import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { inspectObject } from '../inspect.ts';
import type { Layout } from '../layout.ts';
import { type Checked, type Finding, stray } from './finding.ts';

/** Hashes every artifact. */
export async function checkArtifacts(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const group of await files.list(at.objects)) {
    const home = path.join(at.objects, group);
    const isGroup = /^[0-9a-f]{2}$/.test(group) && (await files.stat(home))?.kind === 'directory';
    if (!isGroup) findings.push(stray('artifact', `objects/${group}`, 'it is no artifact', home));
    for (const digest of isGroup ? await files.list(home) : []) {
      const place = path.join(home, digest);
      if (!isDigest(digest) || !digest.startsWith(group)) {
        findings.push(stray('artifact', `objects/${group}/${digest}`, 'it is no artifact', place));
        continue;
      }
      count++;
      const what = `artifact ${digest.slice(0, 12)}`;
      const found = await inspectObject(files, at, digest);
      if (found.state === 'damaged') {
        findings.push({ ...stray('artifact', what, found.why, place), artifact: digest });
      }
      if (found.state !== 'whole') continue;
      for (const name of found.extra) {
        findings.push(stray('artifact', what, `${name} is no part of it`, path.join(place, name)));
      }
    }
  }
  return { count, findings };
}
