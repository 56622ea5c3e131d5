import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../src/base/clock.ts';
import { type Files, nodeFiles } from '../../src/base/files.ts';
import type { Preimage } from '../../src/schema/generated/record.ts';
import { type CommitRequest, fingerprintOf, openStore, type Store } from '../../src/store/index.ts';

/** In memory where the machine has such a file system: tests that sync thousands of times are then quick. */
export const temporary = (): string => (existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir());

export async function temporaryRoot(): Promise<string> {
  const directory = await mkdtemp(path.join(temporary(), 'naspipe-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return path.join(directory, 'artifacts');
}

export async function open(
  root: string,
  files: Files = nodeFiles,
  clock: Clock = systemClock,
  evenIfDamaged = false,
): Promise<Store> {
  const opened = await openStore(root, { files, clock, evenIfDamaged });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
}

export const temporaryStore = async (): Promise<Store> => open(await temporaryRoot());

export const tree = (text: string): Map<string, Uint8Array> =>
  new Map([
    ['weights/a.bin', new TextEncoder().encode(text.repeat(50))],
    ['info.json', new TextEncoder().encode(`{"text":"${text}"}\n`)],
  ]);

const preimage: Preimage = {
  schema: 1,
  stageType: 'train',
  version: 1,
  codeDigest: 'c0'.repeat(32),
  params: { epochs: 3 },
  inputs: {},
};

export const fingerprint = fingerprintOf(preimage);

export const commitOf = (text: string, over: Partial<CommitRequest> = {}): CommitRequest => ({
  fingerprint,
  run: 'r',
  attempt: 'a',
  stageType: 'train',
  preimage,
  determinism: 'exact',
  outputs: { model: { kind: 'model', kindVersion: 1, tree: tree(text) } },
  summary: { accuracy: 0.9 },
  times: { startedAt: 1, finishedAt: 2, attemptMs: 1, computeMs: 1 },
  lineage: {
    naspipe: '0',
    node: 'v20',
    os: 'o',
    arch: 'x64',
    host: 'h',
    cpu: 'c',
    packages: {},
    sources: {},
  },
  ...over,
});

/** Paths of all files below a directory, relative to it. */
export async function filesBelow(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}
