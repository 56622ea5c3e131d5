import * as path from 'node:path';
import { type Files, nodeFiles } from '../../src/base/files.ts';

/** One call of a file system's method. */
export interface FileCall {
  /** Number of the call, from 0. */
  readonly n: number;
  readonly method: keyof Files;
  /** First argument: a path, or the target of a link. */
  readonly file: string;
}

/**
 * What goes wrong at a call. `half`, `after`: the process dies in the middle of it or after it; from then on every
 * call is refused, as nothing more can happen. An error code: the call fails, life goes on.
 */
export type Fault = 'half' | 'after' | 'ENOSPC' | 'EIO';

/** What the calls of a process that has died reject with. */
export class Died extends Error {}

const half = (bytes: Uint8Array | string): Uint8Array => {
  const all = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
  return all.subarray(0, Math.floor(all.length / 2));
};

/** A process id that no process can have: Linux stops at 4,194,304. */
export const DEAD_PID = 4_194_305;

/** What is left of a call that its process did not survive. */
async function interrupted(method: keyof Files, args: readonly unknown[]): Promise<void> {
  const [file, bytes] = args as [string, Uint8Array | string];
  if (method === 'writeNew') await nodeFiles.writeNew(file, half(bytes));
  if (method === 'append') await nodeFiles.append(file, half(bytes));
  if (method === 'writeAtomic' || method === 'createExclusive') {
    await nodeFiles.writeNew(
      path.join(path.dirname(file), `.${path.basename(file)}.${DEAD_PID}.0123456789ab.tmp`),
      half(bytes),
    );
  }
  if (method === 'linkAll') {
    const [[, first = ''] = []] = args[0] as [string, string][];
    await nodeFiles.makeDirectory(path.dirname(first));
  }
  if (method === 'remove') {
    const [first] = await nodeFiles.list(file);
    if (first !== undefined) await nodeFiles.remove(path.join(file, first));
  }
}

const WRITING: ReadonlySet<keyof Files> = new Set([
  'writeNew',
  'writeAtomic',
  'createExclusive',
  'append',
  'makeDirectory',
  'createDirectory',
  'link',
  'linkAll',
]);

/** Whether a call takes space on the disk. */
export const isWriting = ({ method }: FileCall): boolean => WRITING.has(method);

/**
 * The ways to die at a call that leave the disk in states of their own: dying before a call is dying after the one
 * before it, and around a call that changes nothing likewise.
 */
export function deathsAt(call: FileCall): readonly Fault[] {
  if (DIVISIBLE.has(call.method)) return ['half', 'after'];
  return isWriting(call) || call.method === 'rename' ? ['after'] : [];
}

const DIVISIBLE: ReadonlySet<keyof Files> = new Set([
  'writeNew',
  'writeAtomic',
  'createExclusive',
  'append',
  'linkAll',
  'remove',
]);

/** The real file system, with faults where `faultAt` says so. `calls` grows with every call. */
export function faultyFiles(faultAt: (call: FileCall) => Fault | undefined): {
  readonly files: Files;
  readonly calls: readonly FileCall[];
} {
  const calls: FileCall[] = [];
  let dead = false;
  const wrap =
    (method: keyof Files) =>
    async (...args: unknown[]): Promise<unknown> => {
      if (dead) throw new Died();
      const call = { n: calls.length, method, file: args[0] as string };
      calls.push(call);
      const act = () => (nodeFiles[method] as (...all: unknown[]) => Promise<unknown>)(...args);
      const fault = faultAt(call);
      switch (fault) {
        case undefined:
          return act();
        case 'ENOSPC':
        case 'EIO':
          await interrupted(method, args).catch(() => {});
          throw Object.assign(new Error(`${fault}: injected`), { code: fault, path: call.file });
        case 'half':
          dead = true;
          await interrupted(method, args);
          break;
        case 'after':
          dead = true;
          await act();
          break;
      }
      throw new Died();
    };
  const methods = Object.keys(nodeFiles) as (keyof Files)[];
  const files = Object.fromEntries(methods.map((method) => [method, wrap(method)])) as unknown as Files;
  return { files: { ...files, appender: nodeFiles.appender }, calls };
}
