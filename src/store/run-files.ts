import * as path from 'node:path';
import type { Layout } from './layout.ts';

export const RUN_FILES = {
  pipeline: 'pipeline.json',
  results: 'results.json',
  labels: 'labels.json',
} as const;

/** Domains of the seals of a run's files. */
export const RUN_DOMAINS = {
  pipeline: 'naspipe run pipeline',
  results: 'naspipe run results',
  labels: 'naspipe run labels',
} as const;

/** Link of a run to the directory of an earlier one in which the same came out: its links stand for the run's own. */
export const SAME = 'same.as';

/** [target, link] of every output of stages: `<stage>/<port>` below a directory two levels below the store. */
export function linksOf(
  at: Layout,
  directory: string,
  outputs: Iterable<readonly [stage: string, outputs: { readonly [port: string]: string }]>,
): [string, string][] {
  const objects = path.relative(path.join(at.runs, 'run', 'stage'), at.objects);
  const links: [string, string][] = [];
  for (const [stage, ports] of outputs) {
    for (const [port, digest] of Object.entries(ports)) {
      links.push([`${objects}/${digest.slice(0, 2)}/${digest}`, `${directory}/${stage}/${port}`]);
    }
  }
  return links;
}
