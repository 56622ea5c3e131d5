import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { digestValue } from '../../src/base/digest.ts';
import { createWork, type Prepared, prepare } from '../../src/engine/identity/prepare.ts';
import { loadPipeline, loadProject } from '../../src/engine/index.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { openStore } from '../../src/store/index.ts';
import { createProject, pipelineText, projectFiles, type TestProject } from './project.ts';

/** A project with every way by which something can enter a fingerprint, as a value that tests edit. */
export interface Sketch {
  readonly pipeline: PipelineSketch;
  readonly pipelineFile: string;
  /** Spaces of the pipeline's JSON. */
  readonly indent: number;
  readonly files: { readonly [file: string]: string };
}

export interface PipelineSketch {
  readonly name: string;
  readonly description?: string;
  readonly seed: number;
  readonly stages: { readonly [id: string]: StageSketch };
}

export interface StageSketch {
  readonly type: string;
  readonly description?: string;
  readonly params?: { readonly [name: string]: string | number };
  readonly inputs?: { readonly [port: string]: string };
}

const port = { kind: 'json', description: 'A number.' };

const schema = (properties: object, stage: object): string =>
  JSON.stringify({
    description: 'For tests of identity.',
    type: 'object',
    additionalProperties: false,
    properties,
    'x-stage': { version: 1, ...stage },
  });

/** Stage types that read what params name, and that import a package. */
const ownFiles: Sketch['files'] = {
  'schemas/stages/reading.schema.json': schema(
    {
      file: { type: 'string', description: 'A file.', default: 'data/table.txt', 'x-content': 'file' },
      folder: { type: 'string', description: 'A folder.', default: 'data/parts', 'x-content': 'directory' },
    },
    { outputs: { number: port } },
  ),
  'stages/reading/stage.ts': `
import { defineStage } from 'naspipe/stage';

export default defineStage<{ file: string; folder: string }, {}, { number: 'json' }>({
  async run({ params, files }) {
    const bytes = await files.read(params.file);
    const part = await files.read(params.folder + '/one.bin');
    return { number: (bytes?.length ?? 0) + (part?.length ?? 0) };
  },
});
`,
  'schemas/stages/scaled.schema.json': schema({}, { inputs: { of: port }, outputs: { number: port } }),
  'stages/scaled/stage.ts': `
import { defineStage } from 'naspipe/stage';
import { scale } from 'scaler';

export default defineStage<{}, { of: 'json' }, { number: 'json' }>({
  async run({ inputs }) {
    return { number: scale(Number(inputs.of)) };
  },
});
`,
  'data/table.txt': 'one, two, three\n',
  'data/parts/one.bin': '\u0001\u0002',
  'data/parts/deep/two.bin': '\u0003',
  'node_modules/scaler/package.json': JSON.stringify({ name: 'scaler', version: '1.0.0', main: 'index.cjs' }),
  'node_modules/scaler/index.cjs': 'exports.scale = (n) => 10 * n;',
};

export const sketch: Sketch = {
  pipelineFile: 'pipelines/identity.json',
  indent: 2,
  files: { ...projectFiles, ...ownFiles },
  pipeline: {
    name: 'identity',
    seed: 3,
    stages: {
      first: { type: 'constant', params: { value: 1 } },
      second: { type: 'constant', params: { value: 2 } },
      total: { type: 'sum', inputs: { a: 'first', b: 'second.number' } },
      odd: { type: 'parity', inputs: { of: 'total' } },
      walk: { type: 'walk', params: { steps: 3 }, inputs: { from: 'odd' } },
      read: { type: 'reading' },
      scaled: { type: 'scaled', inputs: { of: 'read' } },
      all: { type: 'sum', inputs: { a: 'walk', b: 'scaled' } },
    },
  },
};

/** A stage and all that depend on it, in the order of the pipeline. */
export function dependantsOf({ pipeline: { stages } }: Sketch, roots: readonly string[]): string[] {
  const touched = new Set(roots);
  for (const [id, { inputs = {} }] of Object.entries(stages)) {
    if (Object.values(inputs).some((source) => touched.has(source.split('.')[0]!))) touched.add(id);
  }
  return Object.keys(stages).filter((id) => touched.has(id));
}

/** Brings the files of a project in line with a sketch; files that are the same are left alone. */
export async function realise(project: TestProject, from: Sketch, to: Sketch): Promise<void> {
  for (const [file, text] of Object.entries(to.files)) {
    if (from.files[file] !== text) await project.write(file, text);
  }
  for (const file of Object.keys(from.files)) {
    if (to.files[file] === undefined) await fs.rm(path.join(project.root, file));
  }
  await project.write(to.pipelineFile, JSON.stringify(to.pipeline, null, to.indent));
}

export async function createIdentityProject(): Promise<TestProject> {
  const project = await createProject(sketch.files);
  await project.write(sketch.pipelineFile, pipelineText(sketch.pipeline));
  return project;
}

/**
 * Stage id → fingerprint, as a run would compute them one after another if every stage that is new gave new outputs.
 * Nothing is executed.
 */
export async function fingerprintsOf(root: string, file: string): Promise<Map<string, string>> {
  const project = await loadProject(path.dirname(path.join(root, file)));
  const pipeline = await loadPipeline(project, { file, from: root });
  if (!pipeline.ok) throw new Error(pipeline.failures.map((problem) => formatProblem(problem)).join('\n'));
  const store = await openStore(path.join(root, 'artifacts'));
  if (!store.ok) throw new Error(store.failures[0]!.message);
  const work = createWork(project, pipeline.value, store.value, {});
  const found = new Map<string, string>();
  for (const [id, stage] of pipeline.value.stages) {
    const inputs: { [port: string]: Prepared['inputs'][string] } = {};
    for (const [name, input] of stage.inputs) {
      if (input.from !== 'stage') throw new Error('the tests of identity wire stages only');
      const digest = digestValue('test output', [found.get(input.stage)!, input.port]);
      inputs[name] = { kind: input.kind, digest };
    }
    const prepared = await prepare(work, stage, inputs);
    if (!prepared.ok) throw new Error(prepared.failures.map(({ message }) => message).join('\n'));
    found.set(id, prepared.value.fingerprint);
  }
  return found;
}
