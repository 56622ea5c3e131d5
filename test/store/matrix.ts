import { cpSync, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { expect } from 'vitest';
import { type DiskCall, type DiskFault, deathsAt, errorsAt, onDisk } from '../base/faulty-disk.ts';
import { temporary } from './fixture.ts';

/** What an error of the disk says: its code, or what people are told. */
const WORDS: { readonly [fault: string]: RegExp } = {
  ENOSPC: /ENOSPC|no space is left/,
  EIO: /EIO|failed to read or write/,
};

/** Something that is done to a store, and must be done or not done whatever happens to its process or its disk. */
export interface Operation {
  readonly name: string;
  /** Makes the store that it is done to. */
  readonly prepare: (root: string) => Promise<unknown>;
  readonly act: (root: string) => Promise<unknown>;
  /** What must hold after a fault, and that doing it again gets it done. `fault`: what happened. */
  readonly check: (root: string, fault: DiskFault) => Promise<void>;
  /** Errors at these calls are no failures of the operation. */
  readonly forgives?: (call: DiskCall) => boolean;
}

/** How many points were attacked: a row of the matrix. */
export interface Row {
  readonly name: string;
  readonly calls: number;
  readonly points: { readonly [fault in DiskFault]?: number };
}

async function copyOf(original: string): Promise<{ root: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(path.join(temporary(), 'naspipe-point-'));
  const root = path.join(directory, 'artifacts');
  if (existsSync(original)) {
    cpSync(original, root, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  }
  return { root, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** Does an operation once for each system call that it makes and each thing that can go wrong there. */
export async function attack({ name, prepare, act, check, forgives }: Operation): Promise<Row> {
  const directory = await mkdtemp(path.join(temporary(), 'naspipe-matrix-'));
  const original = path.join(directory, 'artifacts');
  await prepare(original);
  const undisturbed = await copyOf(original);
  const { calls, error } = await onDisk(
    undisturbed.root,
    () => undefined,
    () => act(undisturbed.root),
  );
  await undisturbed.remove();
  if (error) throw error;

  const points: { [fault in DiskFault]?: number } = {};
  for (const call of calls) {
    const shorts = call.call === 'write' ? (['short'] as const) : [];
    for (const fault of [...deathsAt(call), ...errorsAt(call), ...shorts]) {
      const { root, remove } = await copyOf(original);
      const at = path.relative(undisturbed.root, call.file);
      const point = `${name}: ${fault} at call ${call.n}, ${call.call} ${at}`;
      const done = await onDisk(
        root,
        ({ n }) => (n === call.n ? fault : undefined),
        () => act(root),
      );
      expect(done.calls.length, `${point}: it was reached`).toBeGreaterThan(call.n);
      const isError = fault === 'ENOSPC' || fault === 'EIO';
      expect(done.died, point).toBe(!isError && fault !== 'short');
      if (fault === 'short') expect(done.error, point).toBeUndefined();
      if (isError && !forgives?.(call)) expect(`${done.error}`, point).toMatch(WORDS[fault]!);
      await check(root, fault).catch((cause: Error) => {
        throw new Error(`${point}: ${cause.message}`, { cause });
      });
      points[fault] = (points[fault] ?? 0) + 1;
      await remove();
    }
  }
  await rm(directory, { recursive: true, force: true });
  return { name, calls: calls.length, points };
}

const FAULTS = ['half', 'after', 'power', 'ENOSPC', 'EIO', 'short'] as const;

/** The matrix in Markdown. */
export function matrixTable(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const sum = ({ points }: Row) => Object.values(points).reduce((all, n) => all + n, 0);
  return [
    line(['operation', 'calls', ...FAULTS, 'points']),
    line(['---', ...FAULTS.map(() => '--:'), '--:', '--:']),
    ...rows.map((row) =>
      line([row.name, row.calls, ...FAULTS.map((each) => row.points[each] ?? 0), sum(row)]),
    ),
    line([
      'all',
      rows.reduce((all, { calls }) => all + calls, 0),
      ...FAULTS.map((each) => rows.reduce((all, { points }) => all + (points[each] ?? 0), 0)),
      rows.reduce((all, row) => all + sum(row), 0),
    ]),
  ].join('\n');
}
