import * as path from 'node:path';
import type { Files } from '../base/files.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import type { Layout } from './layout.ts';
import { linksOf, SAME } from './run-files.ts';

/** Stage → port → digest of what came out of a run. */
export const outputsOf = ({ stages }: Pick<RunResult, 'stages'>): [string, { [port: string]: string }][] =>
  Object.entries(stages).map(([id, stage]) => [
    id,
    Object.fromEntries(Object.entries(stage?.outputs ?? {}).map(([port, output]) => [port, output!.digest])),
  ]);

/** The run whose links stand for those of a run; nothing when it has its own. */
export async function sameAs(files: Files, at: Layout, id: string): Promise<string | undefined> {
  const target = await files.readLink(path.join(at.run(id), SAME));
  return target === undefined ? undefined : path.basename(target);
}

/**
 * Before a run goes whose links stand for those of later ones: the last of these gets links of its own, and the others lead
 * there. It can be interrupted anywhere and done again: at every moment each link leads to a run that has links.
 *
 * @param ids of all runs
 * @param results of a run; nothing when they are not whole
 */
export async function handOver(
  files: Files,
  at: Layout,
  id: string,
  ids: readonly string[],
  results: (id: string) => Promise<Pick<RunResult, 'stages'> | undefined>,
): Promise<void> {
  const later: string[] = [];
  for (const each of ids) if ((await sameAs(files, at, each)) === id) later.push(each);
  const heir = later.pop();
  if (heir === undefined) return;
  const found = (await results(heir)) ?? (await results(id));
  const missing: [string, string][] = [];
  for (const link of found ? linksOf(at, at.run(heir), outputsOf(found)) : []) {
    if ((await files.readLink(link[1])) === undefined) missing.push(link);
  }
  await files.linkAll(missing);
  await files.syncDirectory(at.run(heir));
  for (const each of later) {
    await files.link(`../${heir}`, path.join(at.run(each), SAME));
    await files.syncDirectory(at.run(each));
  }
  await files.remove(path.join(at.run(heir), SAME));
}
