import * as path from 'node:path';
import { nodeFiles } from '../../base/files.ts';
import { typesOf } from '../../schema/generate.ts';
import { discoverStageTypes, projectRoot } from '../../stage/discovery.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { reportProblems } from '../problems.ts';
import { shownPath } from '../render/header.ts';

/** A schema to begin with: one input, one output, one param. */
const schemaOf = (type: string) => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: type,
  description: 'Lists the best trials of a search. Say here what your stage does.',
  type: 'object',
  additionalProperties: false,
  properties: {
    best: { type: 'integer', description: 'Trials to list.', default: 3, minimum: 1, maximum: 1000 },
  },
  'x-stage': {
    version: 1,
    inputs: { trials: { kind: 'trials', description: 'The trials to choose from.' } },
    outputs: { list: { kind: 'json', description: 'The best trials, best first.' } },
    random: false,
    determinism: 'exact',
  },
});

/** Code to begin with, which does what the schema says. */
const CODE = `import { defineStage } from 'naspipe/stage';
import type { Inputs, Outputs, Params } from './types.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const sorted = [...inputs.trials].sort((a, b) => b.accuracy.value - a.accuracy.value);
    const list = sorted.slice(0, params.best).map(({ index, encoding, cost, accuracy }) => ({
      index,
      encoding,
      cost,
      accuracy: accuracy.value,
    }));
    summary({ trials: inputs.trials.length, accuracy: list[0]?.accuracy ?? 0 });
    return { list };
  },
});
`;

/** Makes the files of a stage type in the project at hand; never writes over a file. */
export async function newStage(io: Io, type: string, { json }: { readonly json?: true }): Promise<ExitCode> {
  if (!/^[a-z][a-z0-9-]*$/.test(type)) {
    const message = `"${type}" cannot name a stage type: use lower-case letters, digits and hyphens`;
    return reportProblems(io, [{ code: 'invalid-stage-type-name', message }], { json });
  }
  const root = await projectRoot(nodeFiles, io.directory);
  const known = await discoverStageTypes(nodeFiles, root);
  if (known.types.has(type) || known.broken.has(type)) {
    const message = `there is a stage type "${type}" already; npx pipe types ${type} describes it`;
    return reportProblems(io, [{ code: 'stage-type-exists', message }], { json });
  }
  const schema = schemaOf(type);
  const files: readonly (readonly [string, string])[] = [
    [path.join(root, 'schemas', 'stages', `${type}.schema.json`), `${JSON.stringify(schema, null, 2)}\n`],
    [path.join(root, 'stages', type, 'stage.ts'), CODE],
    [path.join(root, 'stages', type, 'types.ts'), await typesOf(schema as never, type, root)],
  ];
  for (const [file] of files) {
    if (await nodeFiles.stat(file)) {
      const message = `${shownPath(file, io.directory)} is there already`;
      return reportProblems(io, [{ code: 'file-exists', message }], { json });
    }
  }
  for (const [file, text] of files) {
    await nodeFiles.makeDirectory(path.dirname(file));
    await nodeFiles.writeAtomic(file, text);
  }
  const shown = files.map(([file]) => shownPath(file, io.directory));
  if (json) io.out.write(`${JSON.stringify({ type, files: shown })}\n`);
  else {
    io.out.write(`${shown.map((file) => `made ${file}`).join('\n')}\n`);
    io.out.write('Change the schema first; then npx pipe types --write brings types.ts up to date.\n');
  }
  return EXIT.ok;
}
