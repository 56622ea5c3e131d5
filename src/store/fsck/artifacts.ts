import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { inspectObject } from '../inspect.ts';
import type { Layout } from '../layout.ts';
import type { Checked, Finding } from './finding.ts';

/** Hashes every artifact. */
export async function checkArtifacts(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const group of await files.list(at.objects)) {
    if (!/^[0-9a-f]{2}$/.test(group)) {
      const place = path.join(at.objects, group);
      const what = `objects/${group}`;
      findings.push({ part: 'artifact', what, why: 'it is no artifact', path: place, remedy: 'quarantine' });
      continue;
    }
    for (const digest of await files.list(path.join(at.objects, group))) {
      const place = path.join(at.objects, group, digest);
      if (!isDigest(digest) || !digest.startsWith(group)) {
        const what = `objects/${group}/${digest}`;
        findings.push({
          part: 'artifact',
          what,
          why: 'it is no artifact',
          path: place,
          remedy: 'quarantine',
        });
        continue;
      }
      count++;
      const what = `artifact ${digest.slice(0, 12)}`;
      const found = await inspectObject(files, at, digest);
      if (found.state === 'damaged') {
        const { why } = found;
        findings.push({ part: 'artifact', what, why, path: place, remedy: 'quarantine', artifact: digest });
      }
      if (found.state !== 'whole') continue;
      for (const name of found.extra) {
        const why = `${name} is no part of it`;
        const file = path.join(place, name);
        findings.push({ part: 'artifact', what, why, path: file, remedy: 'quarantine' });
      }
    }
  }
  return { count, findings };
}

/** Signatures that cannot be read: they are a cache. */
export async function checkSignatures(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const group of await files.list(at.signatures)) {
    for (const name of await files.list(path.join(at.signatures, group))) {
      if (name.startsWith('.')) continue;
      count++;
      const file = path.join(at.signatures, group, name);
      const digest = name.replace(/\.json$/, '');
      const why = isDigest(digest)
        ? (await isJson(files, file))
          ? undefined
          : 'it cannot be read'
        : 'it is no signature';
      if (why === undefined) continue;
      findings.push({ part: 'signature', what: `signature ${name}`, why, path: file, remedy: 'drop' });
    }
  }
  return { count, findings };
}

async function isJson(files: Files, file: string): Promise<boolean> {
  try {
    JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await files.read(file)));
    return true;
  } catch {
    return false;
  }
}
