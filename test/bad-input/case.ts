import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { plainStyle } from '../../src/report/style.ts';
import { masked, pipe } from '../cli/pipe.ts';
import { repository } from '../engine/project.ts';
import { packArchives } from './archives.ts';
import { executorHere } from './attempt-here.ts';

/** A directory of test/cases; test/cases/README.md says what is in it. */
export interface Case {
  readonly group: string;
  readonly name: string;
  /** What was typed after `pipe`, once or several times. */
  readonly commands: readonly (readonly string[])[];
}

export const casesFolder: string = path.join(repository, 'test', 'cases');

const subfolders = async (folder: string): Promise<string[]> =>
  (await fs.readdir(folder, { withFileTypes: true }))
    .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    .sort();

/** Lines of a file of ours; nothing when there is none. */
async function linesOf(file: string): Promise<string[] | undefined> {
  try {
    return (await fs.readFile(file, 'utf8')).trimEnd().split('\n');
  } catch {
    return undefined;
  }
}

/** Every case of every group, in order of their names. */
export async function allCases(): Promise<Case[]> {
  const found: Case[] = [];
  for (const group of await subfolders(casesFolder)) {
    for (const name of await subfolders(path.join(casesFolder, group))) {
      if (name === 'project') continue;
      const lines = await linesOf(path.join(casesFolder, group, name, 'command'));
      const commands = lines
        ?.join('\n')
        .split('\n\n')
        .map((words) => words.split('\n'));
      found.push({ group, name, commands: commands ?? [['plan', 'pipeline.json']] });
    }
  }
  return found;
}

/** The project of a case in a temporary directory, which is removed when `use` is done. */
async function inProject<T>({ group, name }: Case, use: (root: string) => Promise<T>): Promise<T> {
  const root = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'case-')));
  try {
    await fs.cp(path.join(casesFolder, group, 'project'), root, { recursive: true });
    const own = new Set(['command', 'links', 'expected.txt']);
    const folder = path.join(casesFolder, group, name);
    const filter = (file: string): boolean => !own.has(path.relative(folder, file));
    await fs.cp(folder, root, { recursive: true, filter });
    for (const line of (await linesOf(path.join(folder, 'links'))) ?? []) {
      const [link, target] = line.split(' ') as [string, string];
      await fs.mkdir(path.dirname(path.join(root, link)), { recursive: true });
      await fs.symlink(target, path.join(root, link));
    }
    await packArchives(root);
    return await use(root);
  } finally {
    await fs.rm(root, { recursive: true, force: true });
  }
}

interface Printed {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a case prints, with what differs from machine to machine and from time to time replaced by words. */
async function transcript(
  { commands }: Case,
  root: string,
  play: (words: readonly string[]) => Promise<Printed>,
): Promise<string> {
  const shown = (title: string, text: string): string => (text === '' ? '' : `--- ${title}\n${text}`);
  let whole = '';
  for (const words of commands) {
    const { code, out, err } = await play(words);
    if (commands.length > 1) whole += `$ npx pipe ${words.join(' ')}\n`;
    whole += `exit code ${code}\n${shown('stdout', out)}${shown('stderr', err)}`;
  }
  return masked(whole.replaceAll(root, '<project>').replaceAll(repository, '<naspipe>'));
}

/** A stream that is no terminal and keeps what is written. */
const sink = (texts: string[]): Io['out'] => ({
  write: (text) => void texts.push(text),
  columns: () => undefined,
  style: plainStyle,
});

/** Groups of cases whose stages harm the process that they run in, or print there. */
const harmful = new Set(['misbehaving', 'command']);

/** Plays a case in this process, by the same way in as the command line's; attempts, too, where that does no harm. */
export const playHere = (each: Case): Promise<string> =>
  inProject(each, (root) =>
    transcript(each, root, async (words) => {
      const [out, err]: [string[], string[]] = [[], []];
      const io: Io = {
        out: sink(out),
        err: sink(err),
        arguments: words,
        directory: root,
        environment: {},
        clock: systemClock,
        onInterrupt: () => () => {},
        ...(!harmful.has(each.group) && { executor: executorHere }),
      };
      const code = await runCommandLine(io, '0.0.0');
      return { code, out: out.join(''), err: err.join('') };
    }),
  );

/** Plays a case as a user does: a process of its own. */
export const playAsProcess = (each: Case): Promise<string> =>
  inProject(each, (root) => transcript(each, root, (words) => pipe(root, ...words)));

export const expectedFile = ({ group, name }: Case): string =>
  path.join(casesFolder, group, name, 'expected.txt');
