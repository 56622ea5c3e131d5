import * as path from 'node:path';
import { isDigest } from '../../base/digest.ts';
import { type Files, readIfPossible } from '../../base/files.ts';
import { isHeld } from '../../base/locks.ts';
import type { RunJournalEntry } from '../../schema/generated/run-journal.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import { isTimeId } from '../ids.ts';
import { parseLines } from '../journal.ts';
import type { Layout } from '../layout.ts';
import { sumLine } from '../lines.ts';
import { EVENTS } from '../run-journal.ts';
import { RUN_DOMAINS, RUN_FILES } from '../runs.ts';
import { readSealed, seal } from '../seal.ts';
import { readUses, USES, useLine } from '../uses.ts';
import type { Checked, Finding } from './finding.ts';

type Add = (why: string, file: string, more: Pick<Finding, 'remedy' | 'target' | 'text'>) => void;

/** The files of one run: their seals, and that each link leads to what the results name. */
async function checkRun(files: Files, at: Layout, id: string, add: Add): Promise<void> {
  const place = at.run(id);
  const names = await files.list(place);
  const pipelineFile = path.join(place, RUN_FILES.pipeline);
  const resultsFile = path.join(place, RUN_FILES.results);
  if (!names.includes(RUN_FILES.pipeline) && !names.includes(RUN_FILES.results)) {
    return add('it was never begun', place, { remedy: 'drop' });
  }
  const results = await readSealed<RunResult & { seal: string }>(files, RUN_DOMAINS.results, resultsFile);
  if (!(await readSealed(files, RUN_DOMAINS.pipeline, pipelineFile))) {
    if (!results)
      return add('neither its pipeline nor its results are whole', place, { remedy: 'quarantine' });
    const known = { name: results.pipeline, ...(results.seed !== undefined && { seed: results.seed }) };
    const text = `${JSON.stringify(seal(RUN_DOMAINS.pipeline, known), null, 2)}\n`;
    const why = `its ${RUN_FILES.pipeline} is missing or damaged; of it only name and seed are known`;
    add(why, pipelineFile, { remedy: 'rewrite', text });
  }
  if (!results && names.includes(RUN_FILES.results)) {
    add(`its ${RUN_FILES.results} does not have its seal`, resultsFile, { remedy: 'quarantine' });
  }
  const { uses, damaged } = await readUses(files, place);
  if (damaged > 0) {
    const text = uses.map(useLine).join('');
    add(`${damaged} of its uses cannot be read`, path.join(place, USES), { remedy: 'rewrite', text });
  }
  const events = path.join(place, EVENTS);
  const told = parseLines<RunJournalEntry>((await readIfPossible(files, events)) ?? new Uint8Array());
  if (told.damaged > 0) {
    const text = told.entries.map(sumLine).join('');
    add(`${told.damaged} of its events cannot be read`, events, { remedy: 'rewrite', text });
  }
  const known: readonly string[] = [...Object.values(RUN_FILES), USES, EVENTS];
  for (const name of names.filter((each) => !known.includes(each) && !each.startsWith('.'))) {
    const stage = path.join(place, name);
    if ((await files.stat(stage))?.kind !== 'directory') {
      add(`${name} is no part of it`, stage, { remedy: 'quarantine' });
      continue;
    }
    for (const port of (await files.list(stage)).filter((each) => !each.startsWith('.'))) {
      const link = path.join(stage, port);
      const target = await files.readLink(link);
      if (target === undefined) add(`${name}/${port} is no link`, link, { remedy: 'quarantine' });
    }
  }
  for (const [stage, { outputs = {} } = {}] of Object.entries(results?.stages ?? {})) {
    for (const [port, output] of Object.entries(outputs)) {
      const link = path.join(place, stage, port);
      const target = path.relative(path.join(place, stage), at.object(output!.digest));
      if ((await files.readLink(link)) === target) continue;
      add(`${stage}/${port} does not lead to its artifact`, link, { remedy: 'relink', target });
    }
  }
}

/** Checks every run whose driver is gone, and where `latest` and its like lead. */
export async function checkRuns(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  const names = (await files.list(at.runs)).filter((name) => !name.startsWith('.'));
  const ids = names.filter(isTimeId);
  const pipelines = new Map<string, string>();
  for (const id of ids) {
    const pipeline = await readSealed<{ name?: string; seal: string }>(
      files,
      RUN_DOMAINS.pipeline,
      path.join(at.run(id), RUN_FILES.pipeline),
    );
    const results = await readSealed<RunResult & { seal: string }>(
      files,
      RUN_DOMAINS.results,
      path.join(at.run(id), RUN_FILES.results),
    );
    const name = pipeline?.name ?? results?.pipeline;
    if (name !== undefined) pipelines.set(`latest-${name}`, id);
    if (isHeld(at.runLock(id))) continue;
    await checkRun(files, at, id, (why, file, more) =>
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
    const isLock = isDigest(name) || name === path.basename(at.gate) || isTimeId(name.replace(/^run-/, ''));
    if (isLock) continue;
    const place = path.join(at.locks, name);
    findings.push({
      part: 'lock',
      what: `locks/${name}`,
      why: 'it is no lock',
      path: place,
      remedy: 'quarantine',
    });
  }
  return { count: names.length, findings };
}
