import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Commit and dirty state of the project, when it is under git. */
export async function gitState(root: string): Promise<{ commit: string; dirty: boolean } | undefined> {
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', root, ...args], { timeout: 10_000 });
  try {
    const [head, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')]);
    return { commit: head.stdout.trim(), dirty: status.stdout.trim() !== '' };
  } catch {
    return undefined;
  }
}
