import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDirectory, type Files } from '../base/files.ts';
import { printable } from '../base/printable.ts';
import { systemFailure } from '../base/system-failure.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { ProgramCall } from '../stage/contract.ts';
import { ATTEMPT_FILES, type Journal, type Store } from '../store/index.ts';
import { type FindKind, loadOutput } from './artifacts.ts';
import { Failed } from './failure.ts';
import type { ProgramEnd } from './program-guard.ts';
import { plannedFile } from './stage-files.ts';
import { STOPPED, type StopRequest } from './stop.ts';

export interface ProgramParts {
  /** The attempt's; the program gets a directory below it. */
  readonly directory: string;
  readonly request: AttemptRequest;
  readonly store: Pick<Store, 'objects'>;
  readonly files: Files;
  readonly findKind: FindKind;
  readonly journal: Journal;
  readonly stop: StopRequest;
}

/** Where a program finds things, all below one private directory. */
interface Place {
  /** Its working directory, with the files that the params name. */
  readonly files: string;
  readonly inputs: string;
  readonly outputs: string;
  readonly temporary: string;
}

/** How often a stop request is looked for, milliseconds. */
const POLL_MS = 50;
/** Lines of the program's output that a failure quotes, and the bytes that are looked through for them. */
const LAST_LINES = 5;
const LAST_BYTES = 4096;

/** Writes files below a directory, which may be there. */
async function lay(
  files: Files,
  directory: string,
  entries: Iterable<readonly [string, Uint8Array]>,
): Promise<void> {
  await ensureDirectory(files, directory);
  for (const [relative, bytes] of entries) {
    const file = path.join(directory, relative);
    await files.makeDirectory(path.dirname(file));
    await files.writeNew(file, bytes);
  }
}

/** The bytes of the files that the params name, each as it was when the stage was planned. */
async function requestedFiles(files: Files, request: AttemptRequest): Promise<[string, Uint8Array][]> {
  const found: [string, Uint8Array][] = [];
  for (const [relative, wanted] of Object.entries(request.files)) {
    found.push([relative, await plannedFile(files, relative, wanted!.path, wanted!.digest)]);
  }
  return found;
}

/** Lays everything out: copies, so that no program can damage the store or the project. */
async function prepare({ directory, request, store, files }: ProgramParts): Promise<Place> {
  const work = path.join(directory, 'work');
  const place = {
    files: path.join(work, 'files'),
    inputs: path.join(work, 'inputs'),
    outputs: path.join(work, 'outputs'),
    temporary: path.join(work, 'tmp'),
  };
  await lay(files, place.files, await requestedFiles(files, request));
  await lay(files, place.inputs, []);
  for (const [port, input] of Object.entries(request.inputs)) {
    const opened = await store.objects.open(input!.digest);
    if (!opened.ok) throw new Failed({ code: 'input-damaged', message: opened.failures[0]!.message });
    await lay(files, path.join(place.inputs, port), opened.value.tree);
  }
  await files.setWritable(place.inputs, false);
  for (const port of Object.keys(request.outputs)) await files.makeDirectory(path.join(place.outputs, port));
  await files.makeDirectory(place.temporary);
  return place;
}

function environmentOf({ environment, variables }: ProgramCall, place: Place): Record<string, string> {
  const passed = ['PATH', ...environment].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...Object.fromEntries(passed),
    ...variables,
    TMPDIR: place.temporary,
    NASPIPE_INPUTS: place.inputs,
    NASPIPE_OUTPUTS: place.outputs,
  };
}

/** The guard's own file, from the sources as from the build. */
const guardFile = (): string =>
  fileURLToPath(new URL('../../dist/attempt/program-guard.js', import.meta.url));

/** What the guard said of how the program ended; nothing when the guard died without a word. */
async function endOf(guard: ChildProcess): Promise<ProgramEnd | undefined> {
  let said = '';
  const report = guard.stdio[3] as NodeJS.ReadableStream;
  report.setEncoding('utf8');
  report.on('data', (text: string) => {
    said += text;
  });
  await once(guard, 'close');
  return said === '' ? undefined : (JSON.parse(said) as ProgramEnd);
}

/** Ends what is left of the program's group when nobody else is there to do it. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // nothing is left of it
  }
}

/** The last lines that the program printed; none when its output goes to no log. */
async function lastLines(files: Files, log: string, from: number): Promise<string[]> {
  const size = (await files.stat(log))?.size ?? 0;
  const bytes = await files.readFrom(log, Math.max(from, size - LAST_BYTES));
  const lines = new TextDecoder().decode(bytes).split('\n');
  return lines.filter((line) => line.trim() !== '').slice(-LAST_LINES);
}

const failureOf = (program: string, end: ProgramEnd | undefined): { code: string; message: string } => {
  if (end === undefined) return { code: 'program-lost', message: `nobody knows how "${program}" ended` };
  if (end.error === 'ENOENT') {
    const where = program.includes('/') ? 'among the files of the stage' : 'on the PATH';
    return { code: 'program-missing', message: `there is no program "${program}" ${where}` };
  }
  if (end.error !== undefined) {
    return { code: 'program-missing', message: `"${program}" cannot be started: ${end.error}` };
  }
  const how = end.signal ? `was ended by ${end.signal}` : `ended with exit code ${end.code}`;
  return { code: 'program-failed', message: `"${program}" ${how}` };
};

/** What the program left for each port. Fails with `wrong-outputs` or `wrong-output`. */
async function collect(
  { request, files, findKind }: ProgramParts,
  place: Place,
): Promise<{ [port: string]: unknown }> {
  const declared = Object.keys(request.outputs);
  const stray = (await files.list(place.outputs)).filter((name) => !declared.includes(name));
  if (stray.length > 0) {
    const message = `the program left "${stray[0]}" among its outputs, which are ${declared.join(', ')}`;
    throw new Failed({ code: 'wrong-outputs', message });
  }
  const outputs: { [port: string]: unknown } = {};
  for (const port of declared) {
    const tree = await treeOf(files, path.join(place.outputs, port), port);
    outputs[port] = loadOutput(findKind, port, request.outputs[port]!.kind, tree);
  }
  return outputs;
}

async function treeOf(
  files: Files,
  directory: string,
  port: string,
  below = '',
): Promise<Map<string, Uint8Array>> {
  const tree = new Map<string, Uint8Array>();
  for (const name of await files.list(path.join(directory, below))) {
    const relative = below === '' ? name : `${below}/${name}`;
    const file = path.join(directory, relative);
    const kind = (await files.stat(file))?.kind;
    if (kind === 'directory') {
      for (const [each, bytes] of await treeOf(files, directory, port, relative)) tree.set(each, bytes);
    } else if (kind === 'file') tree.set(relative, await files.read(file));
    else {
      const message = `output ${port}: ${relative} is a ${kind === 'link' ? 'link' : 'special file'}; only files and directories are kept`;
      throw new Failed({ code: 'wrong-output', message });
    }
  }
  return tree;
}

/**
 * Runs a program in a directory of its own and gives what it left, or STOPPED when a stop was asked for. The program
 * and all that it starts form a process group, which ends with the attempt, whatever ends that.
 */
export async function runProgram(
  parts: ProgramParts,
  call: ProgramCall,
): Promise<{ [port: string]: unknown } | typeof STOPPED> {
  const { directory, files, stop, journal } = parts;
  const [program] = call.words as [string];
  const log = path.join(directory, ATTEMPT_FILES.log);
  const place = await prepare(parts);
  const from = (await files.stat(log))?.size ?? 0;
  const guard = spawn(process.execPath, [guardFile(), ...call.words], {
    cwd: place.files,
    env: environmentOf(call, place),
    detached: true,
    stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
  });
  guard.stdin!.on('error', () => {}); // it is gone: its end says so
  let stopped = false;
  const poll = setInterval(() => {
    if (!stop.requested || stopped) return;
    stopped = true;
    journal.write({
      type: 'note',
      sentence: 'a program has no checkpoint: it will start from the beginning',
    });
    guard.stdin!.end();
  }, POLL_MS);
  try {
    const end = await endOf(guard);
    if (end === undefined) endGroup(guard);
    if (stopped) return STOPPED;
    if (end?.code === 0) return await collect(parts, place);
    const { code, message } = failureOf(program, end);
    const lines = await lastLines(files, log, from);
    throw new Failed({ code, message: printable([message, ...lines.map((line) => `  ${line}`)].join('\n')) });
  } catch (error) {
    const system = systemFailure(error);
    throw system === undefined ? error : new Failed(system);
  } finally {
    clearInterval(poll);
    await files.setWritable(path.join(directory, 'work'), true);
    await files.remove(path.join(directory, 'work'));
  }
}
