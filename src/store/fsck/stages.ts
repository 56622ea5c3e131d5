import * as path from 'node:path';
import { digestBytes, isDigest } from '../../base/digest.ts';
import { type Files, readIfPossible } from '../../base/files.ts';
import { isHeld } from '../../base/locks.ts';
import type { JournalEntry } from '../../schema/generated/journal.ts';
import { readRequest } from '../attempts.ts';
import { CHECKPOINT_NAME } from '../checkpoints.ts';
import { isTimeId } from '../ids.ts';
import { parseLines } from '../journal.ts';
import { ATTEMPT_FILES, type Layout } from '../layout.ts';
import { sumLine } from '../lines.ts';
import type { Store } from '../store.ts';
import type { Checked, Finding } from './finding.ts';

const isHidden = (name: string): boolean => name.startsWith('.');

/** Checks the seal and the pre-image of every record. */
export async function checkRecords(store: Store, files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const fingerprint of await files.list(at.records)) {
    const place = path.join(at.records, fingerprint);
    if (!isDigest(fingerprint)) {
      const what = `records/${fingerprint}`;
      findings.push({ part: 'record', what, why: 'it is no fingerprint', path: place, remedy: 'quarantine' });
      continue;
    }
    for (const name of (await files.list(place)).filter((each) => !isHidden(each))) {
      const [, n] = /^([1-9]\d*)\.json$/.exec(name) ?? [];
      const file = path.join(place, name);
      const what = `record ${fingerprint.slice(0, 12)}/${n ?? name}`;
      if (n === undefined) {
        findings.push({ part: 'record', what, why: 'it is no record', path: file, remedy: 'quarantine' });
        continue;
      }
      count++;
      if (await store.records.read(fingerprint, Number(n))) continue;
      const why = 'it does not have its seal';
      findings.push({ part: 'record', what, why, path: file, remedy: 'quarantine', fingerprint });
    }
  }
  return { count, findings };
}

/** Checks every checkpoint of stages at which nobody works. */
export async function checkCheckpoints(store: Store, files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const fingerprint of (await files.list(at.attempts)).filter(isDigest)) {
    if (isHeld(at.lock(fingerprint))) continue;
    for (const name of await files.list(at.checkpoints(fingerprint))) {
      if (isHidden(name)) continue;
      const place = path.join(at.checkpoints(fingerprint), name);
      const what = `checkpoint ${fingerprint.slice(0, 12)}/${name}`;
      if (!CHECKPOINT_NAME.test(name)) {
        findings.push({ part: 'checkpoint', what, why: 'it is none', path: place, remedy: 'quarantine' });
        continue;
      }
      count++;
      const extra = await store.checkpoints.inspect(fingerprint, Number(name));
      if (extra === undefined) {
        const why = 'it is torn or damaged';
        findings.push({ part: 'checkpoint', what, why, path: place, remedy: 'quarantine', fingerprint });
      }
      for (const each of extra ?? []) {
        const why = `${each} is no part of it`;
        findings.push({ part: 'checkpoint', what, why, path: path.join(place, each), remedy: 'quarantine' });
      }
    }
  }
  return { count, findings };
}

/** Checks request, code and journal of every attempt that is not under way. */
export async function checkAttempts(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  const known: readonly string[] = Object.values(ATTEMPT_FILES);
  for (const fingerprint of await files.list(at.attempts)) {
    const home = path.join(at.attempts, fingerprint);
    if (!isDigest(fingerprint)) {
      const what = `attempts/${fingerprint}`;
      findings.push({ part: 'attempt', what, why: 'it is no fingerprint', path: home, remedy: 'quarantine' });
      continue;
    }
    if (isHeld(at.lock(fingerprint))) continue;
    for (const id of (await files.list(home)).filter((name) => name !== 'checkpoints')) {
      const place = path.join(home, id);
      const what = `attempt ${fingerprint.slice(0, 12)}/${id}`;
      const add = (why: string, file: string, more: Pick<Finding, 'remedy' | 'text'>) =>
        findings.push({ part: 'attempt', what, why, path: file, ...more });
      if (!isTimeId(id)) {
        add('it is none', place, { remedy: 'quarantine' });
        continue;
      }
      count++;
      const names = await files.list(place);
      for (const name of names.filter((each) => !known.includes(each))) {
        add(`${name} is no part of it`, path.join(place, name), { remedy: 'quarantine' });
      }
      if (!names.includes(ATTEMPT_FILES.request) && !names.includes(ATTEMPT_FILES.journal)) {
        add('it was never begun', place, { remedy: 'drop' });
        continue;
      }
      const request = await readRequest(files, place);
      const bundle = await readIfPossible(files, path.join(place, ATTEMPT_FILES.bundle));
      if (!request || !bundle || digestBytes(bundle) !== request.bundleDigest) {
        const bad = request ? ATTEMPT_FILES.bundle : ATTEMPT_FILES.request;
        add(`its ${bad} is missing or damaged: it cannot be replayed`, place, { remedy: 'quarantine' });
        continue;
      }
      const journal = path.join(place, ATTEMPT_FILES.journal);
      const { entries, damaged } = parseLines<JournalEntry>(
        (await readIfPossible(files, journal)) ?? new Uint8Array(),
      );
      if (damaged > 0) {
        const why = `${damaged} ${damaged === 1 ? 'line' : 'lines'} of its journal cannot be read`;
        add(why, journal, { remedy: 'rewrite', text: entries.map(sumLine).join('') });
      }
    }
  }
  return { count, findings };
}
