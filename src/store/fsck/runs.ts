import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import { type Files, readIfPossible } from '../../base/files.ts';
import { isHeld } from '../../base/locks.ts';
import type { RunJournalEntry } from '../../schema/generated/run-journal.ts';
import { sameAs } from '../hand-over.ts';
import { isTimeId } from '../ids.ts';
import { parseLines } from '../journal.ts';
import { isTemporary, type Layout } from '../layout.ts';
import { sumLine } from '../lines.ts';
import type { StoreParts } from '../parts.ts';
import { RUN_DOMAINS, RUN_FILES, SAME } from '../run-files.ts';
import { EVENTS } from '../run-journal.ts';
import { readSealed, seal } from '../seal.ts';
import { missingUses, readUses, USES, useLine } from '../uses.ts';
import { type Checked, type Finding, stray } from './finding.ts';
import { type RunPipeline, readResults, resultsFrom } from './results.ts';

type Add = (why: string, file: string, more: Pick<Finding, 'remedy' | 'target' | 'text'>) => void;

/** Whether an event can be one of a run. */
const belongsTo = (event: RunJournalEntry['event'], id: string): boolean =>
  typeof event?.event === 'string' && !('run' in event && event.run !== id);

/** The files of one run: their seals, and that each link leads to what the results name. */
async function checkRun(store: StoreParts, files: Files, at: Layout, id: string, add: Add): Promise<void> {
  const place = at.run(id);
  const names = await files.list(place);
  const pipelineFile = path.join(place, RUN_FILES.pipeline);
  const resultsFile = path.join(place, RUN_FILES.results);
  if (!names.includes(RUN_FILES.pipeline) && !names.includes(RUN_FILES.results)) {
    return add('it was never begun', place, { remedy: 'drop' });
  }
  const results = await readResults(files, at, id);
  if (!(await readSealed(files, RUN_DOMAINS.pipeline, pipelineFile))) {
    if (!results)
      return add('neither its pipeline nor its results are whole', place, { remedy: 'quarantine' });
    const known = { name: results.pipeline, ...(results.seed !== undefined && { seed: results.seed }) };
    const text = `${JSON.stringify(seal(RUN_DOMAINS.pipeline, known), null, 2)}\n`;
    const why = `its ${RUN_FILES.pipeline} is missing or damaged; of it only name and seed are known`;
    add(why, pipelineFile, { remedy: 'rewrite', text });
  }
  const events = path.join(place, EVENTS);
  const told = parseLines<RunJournalEntry>((await readIfPossible(files, events)) ?? new Uint8Array());
  const entries = told.entries.filter(({ event }) => belongsTo(event, id));
  const bad = told.damaged + told.entries.length - entries.length;
  if ((await files.stat(events))?.kind !== 'file') {
    add(`its ${EVENTS} is missing or no file`, events, { remedy: 'rewrite', text: '' });
  } else if (bad > 0) {
    const text = entries.map(sumLine).join('');
    add(`${bad} of its events cannot be read`, events, { remedy: 'rewrite', text });
  }
  if (!results) {
    const pipeline = await readSealed<RunPipeline>(files, RUN_DOMAINS.pipeline, pipelineFile);
    const known = await resultsFrom(store, id, pipeline, entries);
    const text = known && `${JSON.stringify(seal(RUN_DOMAINS.results, known), null, 2)}\n`;
    if (text !== undefined) {
      const why = `its ${RUN_FILES.results} is missing or damaged; its events tell most of it`;
      add(why, resultsFile, { remedy: 'rewrite', text });
    } else if (names.includes(RUN_FILES.results)) {
      add(`its ${RUN_FILES.results} does not have its seal`, resultsFile, { remedy: 'quarantine' });
    }
  }
  const { uses, damaged } = await readUses(files, place);
  const lost = missingUses(uses, results);
  if (damaged > 0 || lost.length > 0) {
    const text = [...uses, ...lost].map(useLine).join('');
    const n = Math.max(damaged, lost.length);
    const why = `${n} of its uses ${n === 1 ? 'is' : 'are'} missing or cannot be read`;
    add(why, path.join(place, USES), { remedy: 'rewrite', text });
  }
  const labels = path.join(place, RUN_FILES.labels);
  if (names.includes(RUN_FILES.labels) && !(await readSealed(files, RUN_DOMAINS.labels, labels))) {
    add(`its ${RUN_FILES.labels} does not have its seal`, labels, { remedy: 'quarantine' });
  }
  const other = await sameAs(files, at, id);
  const isRun =
    other !== undefined && isTimeId(other) && (await files.stat(at.run(other)))?.kind === 'directory';
  if (names.includes(SAME) && !isRun) {
    add(`${SAME} leads to no run`, path.join(place, SAME), {
      remedy: other === undefined ? 'quarantine' : 'drop',
    });
  }
  const homes = isRun ? [place, at.run(other)] : [place];
  const known: readonly string[] = [...Object.values(RUN_FILES), USES, EVENTS, SAME];
  for (const name of names.filter((each) => !known.includes(each) && !isTemporary(each))) {
    const stage = path.join(place, name);
    if ((await files.stat(stage))?.kind !== 'directory') {
      add(`${name} is no part of it`, stage, { remedy: 'quarantine' });
      continue;
    }
    for (const port of (await files.list(stage)).filter((each) => !isTemporary(each))) {
      const link = path.join(stage, port);
      const target = await files.readLink(link);
      if (target === undefined) add(`${name}/${port} is no link`, link, { remedy: 'quarantine' });
    }
  }
  for (const [stage, { outputs = {} } = {}] of Object.entries(results?.stages ?? {})) {
    for (const [port, output] of Object.entries(outputs)) {
      const link = path.join(place, stage, port);
      const target = path.relative(path.join(place, stage), at.object(output!.digest));
      const leads = async (home: string) => (await files.readLink(path.join(home, stage, port))) === target;
      if ((await Promise.all(homes.map(leads))).includes(true)) continue;
      add(`${stage}/${port} does not lead to its artifact`, link, { remedy: 'relink', target });
    }
  }
}

/** Checks every run whose driver is gone, and where `latest` and its like lead. */
export async function checkRuns(store: StoreParts, files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  const names = (await files.list(at.runs)).filter((name) => !isTemporary(name));
  const ids = names.filter(isTimeId);
  const pipelines = new Map<string, string>();
  for (const id of ids) {
    const pipeline = await readSealed<{ name?: string; seal: string }>(
      files,
      RUN_DOMAINS.pipeline,
      path.join(at.run(id), RUN_FILES.pipeline),
    );
    const results = await readResults(files, at, id);
    const name = pipeline?.name ?? results?.pipeline;
    if (name !== undefined) pipelines.set(`latest-${name}`, id);
    if (isHeld(at.runLock(id))) continue;
    await checkRun(store, files, at, id, (why, file, more) =>
      findings.push({ part: 'run', what: `run ${id}`, why, path: file, ...more }),
    );
  }
  const last = ids.at(-1);
  const links = new Map([...pipelines, ...(last === undefined ? [] : ([['latest', last]] as const))]);
  for (const name of new Set([...links.keys(), ...names.filter((each) => !isTimeId(each))])) {
    const link = path.join(at.runs, name);
    const add = (why: string, more: Pick<Finding, 'remedy' | 'target'>) =>
      findings.push({ part: 'run', what: `runs/${name}`, why, path: link, ...more });
    const target = links.get(name);
    const found = await files.readLink(link);
    if (target === undefined)
      add('it leads to no run', { remedy: found === undefined ? 'quarantine' : 'drop' });
    else if (found === undefined || !ids.includes(found)) {
      add('it does not lead to a run', { remedy: 'relink', target });
    }
  }
  return { count: ids.length, findings };
}

/** Names in `locks/`. */
export async function checkLocks(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  const names = await files.list(at.locks);
  for (const name of names) {
    const place = path.join(at.locks, name);
    const isName = isDigest(name) || name === path.basename(at.gate) || isTimeId(name.replace(/^run-/, ''));
    if (isName && (await files.stat(place))?.kind === 'file') continue;
    findings.push(stray('lock', `locks/${name}`, 'it is no lock', place));
  }
  return { count: names.length, findings };
}
