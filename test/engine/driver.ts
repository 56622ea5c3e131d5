import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { RunEvent } from '../../src/engine/index.ts';
import { repository } from './project.ts';

/**
 * Runs a pipeline by a driver in a process of its own, to its end. It leads its own process group, so that killing it
 * leaves its attempts alone.
 */
export async function runDriver(
  { root, file, store }: { readonly root: string; readonly file: string; readonly store: string },
  onEvent: (event: RunEvent, driver: ChildProcess) => void,
): Promise<void> {
  const script = path.join(repository, 'test/engine/driver.mjs');
  const driver = spawn(process.execPath, [script, root, file, store], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  createInterface({ input: driver.stdout! }).on('line', (line) => onEvent(JSON.parse(line), driver));
  await once(driver, 'exit');
}
