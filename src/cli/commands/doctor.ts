import * as os from 'node:os';
import * as path from 'node:path';
import { nodeFiles } from '../../base/files.ts';
import { tryAcquire } from '../../base/locks.ts';
import { probeBackends } from '../../engine/identity/environment.ts';
import { type Findings, findingLines, isHealthy } from '../../report/doctor.ts';
import { ownRoot, readPackage } from '../../stage/package.ts';
import { openStore } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { storeDirectory } from '../open.ts';
import type { StoreOptions } from '../options.ts';
import { shownPath } from '../render/header.ts';

/** Looks at Node, the backends, the store and its locks. */
export async function doctor(io: Io, { store: place, json }: StoreOptions): Promise<ExitCode> {
  const directory = await storeDirectory(io, place);
  const exists = (await nodeFiles.stat(path.join(directory, 'store.json'))) !== undefined;
  const there = await existing(directory);
  const opened = exists ? await openStore(directory) : undefined;
  const probe = await probeBackends({}, false);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const lockFailure = await tryLocks(there, io.clock.now());
  const findings: Findings = {
    naspipe: (await readPackage(nodeFiles, ownRoot))?.version ?? 'unknown',
    node: process.versions.node,
    nodeFits: major > 20 || (major === 20 && minor >= 17),
    platform: `${os.type()} ${os.release()}, ${process.arch}`,
    ...(probe.ok ? { probe: probe.value } : { probeFailure: probe.failures[0]!.message }),
    store: {
      directory: shownPath(directory, io.directory),
      exists,
      freeBytes: await nodeFiles.freeBytes(there),
      runs: opened?.ok ? (await opened.value.runs.list()).length : 0,
    },
    ...(lockFailure === undefined ? {} : { lockFailure }),
  };
  io.out.write(
    json ? `${JSON.stringify(findings)}\n` : `${findingLines(findings, io.out.style).join('\n')}\n`,
  );
  return isHealthy(findings) ? EXIT.ok : EXIT.failed;
}

/** The directory, or the nearest above it that exists. */
async function existing(directory: string): Promise<string> {
  const found = await nodeFiles.stat(directory);
  return found || path.dirname(directory) === directory ? directory : existing(path.dirname(directory));
}

/** Takes a lock in a directory and sees that it cannot be taken twice. Gives what is wrong. */
async function tryLocks(directory: string, now: number): Promise<string | undefined> {
  const file = path.join(directory, `.naspipe-doctor-${process.pid}`);
  const holder = { host: os.hostname(), pid: process.pid, since: now, purpose: 'doctor' };
  try {
    const first = tryAcquire(file, holder);
    if (!first) return 'a lock that nobody holds cannot be taken';
    const second = tryAcquire(file, holder);
    first.release();
    second?.release();
    return second ? 'a lock can be taken twice' : undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await nodeFiles.remove(file);
  }
}
