import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject, repository, type TestProject } from '../engine/project.ts';

/** Whether a process may become a user without rights, as one must to be refused anything when tests run as root. */
const asNobody = process.getuid?.() === 0;
const NOBODY = 65_534;

/** Whether such a user gets as far as the program: not where the repository lies in a home that is closed. */
function isReachable(directory: string): boolean {
  const above = path.dirname(directory);
  const isOpen = (statSync(directory).mode & 0o005) === 0o005;
  return isOpen && (above === directory || isReachable(above));
}

let project: TestProject;
beforeAll(async () => {
  project = await createProject();
  await project.run();
  await promisify(execFile)('chmod', ['-R', 'a+rX,a-w', project.root]);
});
afterAll(async () => {
  await promisify(execFile)('chmod', ['-R', 'u+w', project.root]);
  await project.remove();
});

/** Exit code and all that is printed, of a command of someone who may read the project and not write there. */
async function look(...words: string[]): Promise<readonly [code: number, text: string]> {
  const main = path.join(repository, 'dist', 'cli', 'main.js');
  const user = asNobody ? { uid: NOBODY, gid: NOBODY } : {};
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [main, ...words], {
      cwd: project.root,
      ...user,
    });
    return [0, stdout];
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return [code, stdout + stderr];
  }
}

describe.skipIf(asNobody && !isReachable(repository))('who may only read a store', () => {
  test.each([
    ['runs', /sums/],
    ['status', /ended ok/],
    ['watch', /: ok/],
    ['show latest', /total/],
    ['why total', /it had not run before/],
    ['plan pipelines/sums.json', /Nothing to do/],
    ['fsck', /No damage found/],
    ['verify latest', /all as they were made/],
  ])('may ask for %s', async (words, expected) => {
    const [code, text] = await look(...words.split(' '));
    expect(text).toMatch(expected);
    expect(code).toBe(0);
  });

  test.each(['run pipelines/sums.json', 'pin latest', 'gc', 'tag latest x', 'fsck --repair'])(
    'is told of the missing right by %s',
    async (words) => {
      const before = await fs.readdir(project.store, { recursive: true });
      const [code, text] = await look(...words.split(' '));
      expect(text).toMatch(/^no-permission: this user may not write or read there\s+\(\S+\)\n$/);
      expect(code).toBe(1);
      expect(await fs.readdir(project.store, { recursive: true })).toEqual(before);
    },
  );
});
