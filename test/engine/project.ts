import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  loadPipeline,
  loadProject,
  type RunEvent,
  type RunHandle,
  type RunOptions,
  type RunResult,
  runPipeline,
} from '../../src/engine/index.ts';
import { localExecutor } from '../../src/executors/index.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { openStore, type Store } from '../../src/store/index.ts';

/** A project of a user's own in a temporary directory, with trivial stage types whose artifacts are JSON. */

export const repository = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const port = { kind: 'json', description: 'A number.' };

const schemaOf = (description: string, properties: object, stage: object) =>
  JSON.stringify({
    $schema: 'http://json-schema.org/draft-07/schema#',
    description,
    type: 'object',
    additionalProperties: false,
    properties,
    'x-stage': stage,
  });

const number = (description: string, value: number) => ({ type: 'number', description, default: value });

/** Files of the project, by path. */
export const projectFiles: { readonly [file: string]: string } = {
  'package.json': JSON.stringify({ name: 'sums', version: '1.0.0', type: 'module' }),
  'schemas/stages/constant.schema.json': schemaOf(
    'Gives a number.',
    { value: number('The number.', 1) },
    { outputs: { number: port } },
  ),
  'stages/constant/stage.ts': `
import { defineStage } from 'naspipe/stage';
import type { Json } from 'naspipe/base';

interface Params { readonly value: number }

export default defineStage<Params, {}, { number: 'json' }>({
  async run({ params, summary }) {
    summary({ value: params.value });
    const number: Json = params.value;
    return { number };
  },
});
`,
  'lib/arithmetic.ts': `
// shared by two stage types
export const scale = 1;
export const add = (a: number, b: number): number => (a + b) * scale;
export const parityOf = (n: number): number => n % 2;
`,
  'schemas/stages/sum.schema.json': schemaOf(
    'Adds two numbers.',
    { plus: number('Added besides.', 0) },
    { inputs: { a: port, b: { ...port, optional: true } }, outputs: { number: port } },
  ),
  'stages/sum/stage.ts': `
import { defineStage } from 'naspipe/stage';
import { add } from '../../lib/arithmetic.ts';

export default defineStage<{ plus: number }, { a: 'json'; b?: 'json' }, { number: 'json' }>({
  async run({ params, inputs }) {
    return { number: add(Number(inputs.a), Number(inputs.b ?? 0)) + params.plus };
  },
});
`,
  'schemas/stages/parity.schema.json': schemaOf(
    'Whether a number is odd.',
    {},
    { inputs: { of: port }, outputs: { parity: port } },
  ),
  'stages/parity/stage.ts': `
import { defineStage } from 'naspipe/stage';
import { parityOf } from '../../lib/arithmetic.ts';

export default defineStage<{}, { of: 'json' }, { parity: 'json' }>({
  async run({ inputs }) {
    return { parity: parityOf(Number(inputs.of)) };
  },
});
`,
  'schemas/stages/walk.schema.json': schemaOf(
    'A random walk, step by step.',
    {
      steps: number('Steps.', 20),
      pause: number('Busy milliseconds a step.', 0),
      failAt: number('Step that fails; 0: none.', 0),
    },
    { inputs: { from: { ...port, optional: true } }, outputs: { end: port }, random: true },
  ),
  'stages/walk/stage.ts': `
import { defineStage, stageFailure } from 'naspipe/stage';

interface Params { readonly steps: number; readonly pause: number; readonly failAt: number }

export default defineStage<Params, { from?: 'json' }, { end: 'json' }>({
  async run({ params, inputs, rng, resume, tick, stopwatch }) {
    let { step, at } = (resume?.state ?? { step: 0, at: Number(inputs.from ?? 0) }) as { step: number; at: number };
    while (step < params.steps) {
      const until = stopwatch() + params.pause;
      while (stopwatch() < until);
      at += rng.fork(step).normal();
      step++;
      if (step === params.failAt) throw stageFailure('lost', 'the walk was lost at step ' + step);
      const now = { step, at };
      await tick({ step, total: params.steps, metrics: { at } }, () => ({ state: now, tensors: new Map() }));
    }
    return { end: at };
  },
});
`,
};

export const pipelineText = (value: object): string => JSON.stringify(value, null, 2);

/** first, second → total → odd */
export const sums = {
  name: 'sums',
  seed: 3,
  stages: {
    first: { type: 'constant', params: { value: 1 } },
    second: { type: 'constant', params: { value: 2 } },
    total: { type: 'sum', inputs: { a: 'first', b: 'second.number' } },
    odd: { type: 'parity', inputs: { of: 'total' } },
  },
};

export interface TestProject {
  readonly root: string;
  readonly store: string;
  write(file: string, text: string): Promise<void>;
  read(file: string): Promise<string>;
  /** Starts a run of a pipeline; every event is kept. */
  start(options?: StartOptions): Promise<{ handle: RunHandle; events: RunEvent[] }>;
  /** Runs a pipeline to its end. */
  run(options?: StartOptions): Promise<{ result: RunResult; events: RunEvent[] }>;
  openStore(): Promise<Store>;
  remove(): Promise<void>;
}

export interface StartOptions extends Partial<Omit<RunOptions, 'pipeline' | 'project' | 'store'>> {
  readonly pipeline?: object | string;
  readonly file?: string;
  readonly sets?: readonly string[];
  readonly onEvent?: (event: RunEvent) => void;
}

/** Makes the project; `files` are laid over its own. */
export async function createProject(files: { readonly [file: string]: string } = {}): Promise<TestProject> {
  const root = await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'naspipe-project-')));
  const write = async (file: string, text: string) => {
    await fs.mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await fs.writeFile(path.join(root, file), text);
  };
  for (const [file, text] of Object.entries({ ...projectFiles, ...files })) await write(file, text);
  await fs.mkdir(path.join(root, 'node_modules'), { recursive: true });
  await fs.symlink(repository, path.join(root, 'node_modules', 'naspipe'));
  const store = path.join(root, 'artifacts');

  const start = async (options: StartOptions = {}) => {
    const { pipeline = sums, file = 'pipelines/sums.json', sets = [], onEvent, ...rest } = options;
    await write(file, typeof pipeline === 'string' ? pipeline : pipelineText(pipeline));
    const project = await loadProject(path.dirname(path.join(root, file)));
    const loaded = await loadPipeline(project, { file, from: root, sets });
    if (!loaded.ok) throw new Error(loaded.failures.map((problem) => formatProblem(problem)).join('\n'));
    const opened = await openStore(store);
    if (!opened.ok) throw new Error(opened.failures[0]!.message);
    const events: RunEvent[] = [];
    const started = await runPipeline(
      { project, pipeline: loaded.value, store: opened.value, executor: localExecutor(), ...rest },
      (event) => {
        events.push(event);
        onEvent?.(event);
      },
    );
    if (!started.ok) throw new Error(started.failures.map((problem) => formatProblem(problem)).join('\n'));
    return { handle: started.value, events };
  };

  return {
    root,
    store,
    write,
    read: (file) => fs.readFile(path.join(root, file), 'utf8'),
    start,
    async run(options) {
      const { handle, events } = await start(options);
      return { result: await handle.finished, events };
    },
    async openStore() {
      const opened = await openStore(store);
      if (!opened.ok) throw new Error(opened.failures[0]!.message);
      return opened.value;
    },
    remove: () => fs.rm(root, { recursive: true, force: true }),
  };
}

/** Stage id → status. */
export const statuses = ({ stages }: RunResult): { [id: string]: string } =>
  Object.fromEntries(Object.entries(stages).map(([id, stage]) => [id, stage!.status]));
