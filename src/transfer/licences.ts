import * as path from 'node:path';
import { type Files, readTextIfWhole } from '../base/files.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import { ownRoot } from '../stage/package.ts';

/**
 * The licences of what an export holds, as text: of naspipe, whose code is in the bundles, of the data sets that came with
 * it, and the names of the packages that the bundles call. What the user brought has the user's own licence.
 */
export async function licencesText(files: Files, records: readonly StageRecord[]): Promise<string> {
  const datasets = new Set(records.flatMap(({ preimage }) => Object.keys(preimage.content ?? {})));
  const packages = new Set(
    records.flatMap(({ lineage }) =>
      Object.entries(lineage.packages).map(([name, version]) => `${name}@${version}`),
    ),
  );
  const read = (...parts: string[]) => readTextIfWhole(files, path.join(ownRoot, ...parts));
  const parts = [
    '# Licences of what is in this archive',
    'Stage types, data and artifacts of your own project have the licences that you give them.',
    '## naspipe, parts of which are in each bundle.mjs',
    (await read('LICENSE')) ?? 'Apache-2.0',
  ];
  for (const name of [...datasets].sort()) {
    const licence = await read('datasets', `${name}.LICENSE`);
    parts.push(`## ${name}, images of which are in the splits`, licence ?? 'The data set states no licence.');
  }
  if (packages.size > 0) {
    const list = [...packages].sort().map((name) => `- ${name}`);
    parts.push('## Packages that the bundles call, none of which is here', list.join('\n'));
  }
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`;
}
