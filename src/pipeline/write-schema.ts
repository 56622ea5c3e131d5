import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Files, nodeFiles, readTextIfWhole } from '../base/files.ts';
import { discoverStageTypes, type StageType } from '../stage/discovery.ts';
import { ownRoot } from '../stage/package.ts';
import { editorSchema } from './editor-schema.ts';

/** The text of the schema that pipelines of these stage types name in `$schema`. */
export const pipelineSchemaText = (types: Iterable<StageType>): string =>
  `${JSON.stringify(editorSchema(types), null, 1)}\n`;

/** Writes `<root>/schemas/pipeline.schema.json`; whether it changed, and where it is. */
export async function writePipelineSchema(
  files: Files,
  root: string,
  types: Iterable<StageType>,
): Promise<{ readonly file: string; readonly changed: boolean }> {
  const file = path.join(root, 'schemas', 'pipeline.schema.json');
  const text = pipelineSchemaText(types);
  if ((await readTextIfWhole(files, file)) === text) return { file, changed: false };
  await files.makeDirectory(path.dirname(file));
  await files.writeAtomic(file, text);
  return { file, changed: true };
}

/** Run by `npm run types`: the schema of the built-in stage types. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { types } = await discoverStageTypes(nodeFiles, ownRoot);
  await writePipelineSchema(nodeFiles, ownRoot, types.values());
}
