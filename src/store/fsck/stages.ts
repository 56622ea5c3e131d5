import * as path from 'node:path';
import { digestBytes, isDigest } from '../../base/digest.ts';
import { type Files, readIfPossible } from '../../base/files.ts';
import { isHeld } from '../../base/locks.ts';
import type { JournalEntry } from '../../schema/generated/journal.ts';
import { readRequest } from '../attempts.ts';
import { CHECKPOINT_NAME } from '../checkpoints.ts';
import { isTimeId } from '../ids.ts';
import { parseLines } from '../journal.ts';
import { ATTEMPT_FILES, isTemporary, type Layout } from '../layout.ts';
import { sumLine } from '../lines.ts';
import type { StoreParts } from '../parts.ts';
import { type Checked, type Finding, stray } from './finding.ts';

/** Whether a name in a directory of checkpoints is that of one that was not finished. */
const isUnfinished = (name: string): boolean => /^\.\d+$/.test(name);

/** Checks the seal and the pre-image of every record. */
export async function checkRecords(store: StoreParts, files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const fingerprint of await files.list(at.records)) {
    const place = path.join(at.records, fingerprint);
    if (!isDigest(fingerprint) || (await files.stat(place))?.kind !== 'directory') {
      findings.push(stray('record', `records/${fingerprint}`, 'it is no directory of records', place));
      continue;
    }
    for (const name of (await files.list(place)).filter((each) => !isTemporary(each))) {
      const [, n] = /^([1-9]\d*)\.json$/.exec(name) ?? [];
      const file = path.join(place, name);
      const what = `record ${fingerprint.slice(0, 12)}/${n ?? name}`;
      if (n === undefined) {
        findings.push(stray('record', what, 'it is no record', file));
        continue;
      }
      count++;
      if (await store.records.read(fingerprint, Number(n))) continue;
      findings.push({ ...stray('record', what, 'it does not have its seal', file), fingerprint });
    }
  }
  return { count, findings };
}

/** Checks every checkpoint of stages at which nobody works. */
export async function checkCheckpoints(store: StoreParts, files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  for (const fingerprint of (await files.list(at.attempts)).filter(isDigest)) {
    if (isHeld(at.lock(fingerprint))) continue;
    const home = at.checkpoints(fingerprint);
    const kind = (await files.stat(home))?.kind;
    if (kind !== undefined && kind !== 'directory') {
      const what = `checkpoints of ${fingerprint.slice(0, 12)}`;
      findings.push({ ...stray('checkpoint', what, 'it is no directory', home), fingerprint });
    }
    for (const name of (await files.list(home)).filter((each) => !isUnfinished(each))) {
      const place = path.join(at.checkpoints(fingerprint), name);
      const what = `checkpoint ${fingerprint.slice(0, 12)}/${name}`;
      if (!CHECKPOINT_NAME.test(name)) {
        findings.push(stray('checkpoint', what, 'it is none', place));
        continue;
      }
      count++;
      const extra = await store.checkpoints.inspect(fingerprint, Number(name));
      if (extra === undefined) {
        findings.push({ ...stray('checkpoint', what, 'it is torn or damaged', place), fingerprint });
      }
      for (const each of extra ?? []) {
        findings.push(stray('checkpoint', what, `${each} is no part of it`, path.join(place, each)));
      }
    }
  }
  return { count, findings };
}

/** Checks request, code, journal and log of every attempt that is not under way. */
export async function checkAttempts(store: StoreParts, files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  let count = 0;
  const known: readonly string[] = Object.values(ATTEMPT_FILES);
  for (const fingerprint of await files.list(at.attempts)) {
    const home = path.join(at.attempts, fingerprint);
    if (!isDigest(fingerprint) || (await files.stat(home))?.kind !== 'directory') {
      findings.push(stray('attempt', `attempts/${fingerprint}`, 'it is no directory of attempts', home));
      continue;
    }
    if (isHeld(at.lock(fingerprint))) continue;
    const makers = await makersOf(store, fingerprint);
    for (const id of (await files.list(home)).filter((name) => name !== 'checkpoints')) {
      const place = path.join(home, id);
      const what = `attempt ${fingerprint.slice(0, 12)}/${id}`;
      const add = (why: string, file: string, more: Pick<Finding, 'remedy' | 'text'>) =>
        findings.push({ part: 'attempt', what, why, path: file, ...more });
      if (!isTimeId(id) || (await files.stat(place))?.kind !== 'directory') {
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
      const found = await readRequest(files, place);
      const request = found?.attempt === id && found.fingerprint === fingerprint ? found : undefined;
      const bundle = await readIfPossible(files, path.join(place, ATTEMPT_FILES.bundle));
      if (!request || !bundle || digestBytes(bundle) !== request.bundleDigest) {
        const bad = request ? ATTEMPT_FILES.bundle : ATTEMPT_FILES.request;
        add(`its ${bad} is missing or damaged: it cannot be replayed`, place, { remedy: 'quarantine' });
        continue;
      }
      const journal = path.join(place, ATTEMPT_FILES.journal);
      const told = parseLines<JournalEntry>((await readIfPossible(files, journal)) ?? new Uint8Array());
      const entries = told.entries.filter(({ attempt }) => attempt === id);
      const damaged = told.damaged + told.entries.length - entries.length;
      for (const name of [ATTEMPT_FILES.journal, ATTEMPT_FILES.log]) {
        const file = path.join(place, name);
        const kind = (await files.stat(file))?.kind;
        if (kind === 'file' || (kind === undefined && !makers.has(id))) continue;
        const why = kind === undefined ? `its ${name} is missing` : `its ${name} is no file`;
        add(why, file, { remedy: 'rewrite', text: '' });
      }
      if (damaged > 0) {
        const why = `${damaged} ${damaged === 1 ? 'line' : 'lines'} of its journal cannot be read`;
        add(why, journal, { remedy: 'rewrite', text: entries.map(sumLine).join('') });
      }
    }
  }
  return { count, findings };
}

/** Attempts that ended with a record: they had a journal and a log. */
async function makersOf(store: StoreParts, fingerprint: string): Promise<Set<string>> {
  const makers = new Set<string>();
  for (const n of await store.records.numbers(fingerprint)) {
    const record = await store.records.read(fingerprint, n);
    if (record !== undefined && record.accepted === undefined) makers.add(record.attempt);
  }
  return makers;
}
