import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { traced } from '../../src/base/trace.ts';
import { loadPipeline, loadProject, type RunResult, runPipeline } from '../../src/engine/index.ts';
import { type Asked, placeOf } from '../../src/engine/repeat/kept-run.ts';
import { repeatRun } from '../../src/engine/repeat/repeat.ts';
import type { RunEvent } from '../../src/schema/generated/event.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { createProject, pipelineText, statuses, type TestProject } from './project.ts';

const FILE = 'pipelines/leaf.json';

let project: TestProject;
const at = (file: string) => path.join(project.root, file);

const asked = (more: Partial<Asked> = {}): Asked => ({
  pipeline: at(FILE),
  sets: [],
  only: [],
  from: [],
  until: [],
  wish: {},
  ...more,
});

const storeOf = async (): Promise<Store> => {
  const opened = await openStore(project.store);
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
};

/** A run that finds everything out, as the command does. */
async function run(
  sets: readonly string[] = [],
  file = FILE,
  since = Date.now(),
): Promise<{ result: RunResult; events: RunEvent[] }> {
  const trace = traced(nodeFiles);
  const loaded = await loadProject(path.dirname(at(file)), trace.files);
  const pipeline = await loadPipeline(loaded, { file, from: project.root, sets });
  if (!pipeline.ok) throw new Error(JSON.stringify(pipeline.failures));
  const events: RunEvent[] = [];
  const started = await runPipeline(
    {
      project: loaded,
      pipeline: pipeline.value,
      store: await storeOf(),
      repeatable: {
        asked: asked({ sets, pipeline: at(file) }),
        trace,
        since,
        remark: async () => 'a remark',
      },
    },
    (event) => events.push(event),
  );
  if (!started.ok) throw new Error(JSON.stringify(started.failures));
  return { result: await started.value.finished, events };
}

const again = async (more: Partial<Asked> = {}) =>
  repeatRun({ files: nodeFiles, store: await storeOf(), asked: asked(more) });

/** Runs until nothing runs and that is kept. */
async function settled(): Promise<RunResult> {
  for (let tries = 0; tries < 5; tries++) {
    // a file that changed within the last ticks of the clock is not believed unread
    await sleep(30);
    const { result } = await run();
    expect(result.status).toBe('ok');
    if ((await again()) !== undefined) return result;
  }
  throw new Error('no run was kept');
}

const look = { type: 'look', params: { file: 'data/one.txt', folder: 'data/many' } };

beforeAll(async () => {
  project = await createProject({
    'schemas/stages/look.schema.json': JSON.stringify({
      description: 'Looks at data.',
      type: 'object',
      additionalProperties: false,
      properties: {
        file: { type: 'string', description: 'A file.', 'x-content': 'file' },
        folder: { type: 'string', description: 'A folder.', 'x-content': 'directory' },
      },
      required: ['file', 'folder'],
      'x-stage': { outputs: { seen: { kind: 'json', description: 'What it is.' } } },
    }),
    'stages/look/stage.ts': `
import { defineStage } from 'naspipe/stage';
export default defineStage<{ file: string; folder: string }, {}, { seen: 'json' }>({
  async run() {
    return { seen: 1 };
  },
});
`,
    'data/one.txt': 'one',
    'data/many/a.txt': 'a',
    'data/brought.json': '7',
    'pipelines/base.json': pipelineText({
      name: 'base',
      stages: {
        first: { type: 'constant', params: { value: 1 } },
        total: { type: 'sum', inputs: { a: 'first', b: { file: 'data/brought.json' } } },
      },
    }),
    [FILE]: pipelineText({
      name: 'leaf',
      extends: 'base.json',
      stages: { look, odd: { type: 'parity', inputs: { of: 'total' } } },
    }),
  });
});
afterAll(() => project.remove());

test('a run in which nothing ran is repeated without being found out again, and is a run like any other', async () => {
  const before = await settled();
  const { events: slow } = await run();
  const repeated = (await again())!;
  const events = [...repeated.events];
  expect(repeated.remark).toBe('a remark');
  const { run: id, startedAt, finishedAt, elapsedMs, ...rest } = repeated.result;
  const { run: _, startedAt: __, finishedAt: ___, elapsedMs: ____, ...expected } = before;
  expect(rest).toEqual(expected);
  expect(Object.values(statuses(repeated.result))).toEqual(['cached', 'cached', 'cached', 'cached']);
  expect(Date.parse(finishedAt) - Date.parse(startedAt)).toBeLessThan(60_000);
  expect(elapsedMs).toBeGreaterThan(0);
  expect(events).toEqual(slow.map((event) => ('run' in event ? { ...event, run: id } : event)));
  const store = await storeOf();
  expect(await store.runs.results(id)).toEqual(repeated.result);
  expect((await store.runs.events(id)).map(({ event }) => event)).toEqual(events);
  expect(await store.runs.uses(id)).toEqual(await store.runs.uses(before.run));
  expect(await store.runs.pipeline(id)).toEqual(await store.runs.pipeline(before.run));
  expect(await store.runs.resolve('latest')).toBe(id);
  expect(await store.runs.resolve('latest-leaf')).toBe(id);
  expect(await fs.readFile(path.join(project.store, 'runs/latest/total/number/value.json'), 'utf8')).toBe(
    '8\n',
  );
  expect((await store.check(false)).findings).toEqual([]);
});

/** Changes bytes of a file so that its size and the time of its content stay. */
async function changeUnseen(file: string, change: (bytes: Uint8Array) => void): Promise<void> {
  const { atime, mtime } = await fs.stat(file);
  const bytes = await fs.readFile(file);
  change(bytes);
  await fs.writeFile(file, bytes);
  await fs.utimes(file, atime, mtime);
}

const flip = (bytes: Uint8Array) => {
  bytes[bytes.length >> 1]! ^= 1;
};

const edit = (file: string, from: string, to: string) => async () => {
  const text = await fs.readFile(at(file), 'utf8');
  expect(text).toContain(from);
  await fs.writeFile(at(file), text.replace(from, to));
  return () => fs.writeFile(at(file), text);
};

const added =
  (file: string, text = 'x') =>
  async () => {
    await fs.mkdir(path.dirname(at(file)), { recursive: true });
    await fs.writeFile(at(file), text);
    return () => fs.rm(at(file));
  };

/** Digest of the only output of a stage of the last run, and its fingerprint. */
async function stageOf(id: string) {
  const store = await storeOf();
  const result = (await store.runs.results((await store.runs.list()).at(-1)!)) as unknown as RunResult;
  const { fingerprint, outputs } = result.stages[id]!;
  const [output] = Object.values(outputs);
  return { store, fingerprint: fingerprint!, object: store.objects.directory(output!.digest) };
}

const record = async (id: string) =>
  path.join(project.store, 'records', (await stageOf(id)).fingerprint, '1.json');

/** What is done behind its back, and how it is undone where a rerun does not mend it. */
const attacks: { readonly [name: string]: () => Promise<unknown> } = {
  'a param of the pipeline': edit(FILE, '"look"', '"look" '),
  'a param of what it extends': edit('pipelines/base.json', '"value": 1', '"value": 3'),
  'the source of a stage type': edit('stages/sum/stage.ts', 'params.plus', '(params.plus + 1)'),
  'a helper that it reaches': edit('lib/arithmetic.ts', 'scale = 1', 'scale = 2'),
  'a neighbour of a source, which an import may find now': added('lib/arithmetic.js', 'export {};'),
  'a package.json above a source': added('lib/package.json', '{"type":"commonjs"}'),
  'a default in a schema': edit('schemas/stages/sum.schema.json', '"default":0', '"default":5'),
  'a new stage type': added('schemas/stages/new.schema.json', '{}'),
  'the package.json of the project': edit('package.json', '1.0.0', '1.0.1'),
  'a byte of a file that a param names, size and time kept': async () => {
    await changeUnseen(at('data/one.txt'), flip);
    return () => fs.writeFile(at('data/one.txt'), 'one');
  },
  'another file in place of it, size and time kept': async () => {
    const { atime, mtime } = await fs.stat(at('data/one.txt'));
    await fs.writeFile(at('data/two.txt'), 'two');
    await fs.utimes(at('data/two.txt'), atime, mtime);
    await fs.rename(at('data/two.txt'), at('data/one.txt'));
    return () => fs.writeFile(at('data/one.txt'), 'one');
  },
  'a new file in a folder that a param names': added('data/many/b.txt'),
  'a new file deep in that folder': added('data/many/deep/b.txt'),
  'a file of that folder that is gone': async () => {
    await fs.rm(at('data/many/a.txt'));
    return () => fs.writeFile(at('data/many/a.txt'), 'a');
  },
  'a file that comes in as an input': edit('data/brought.json', '7', '9'),
  'a record, size and time kept': async () => changeUnseen(await record('first'), flip),
  'a record that is gone': async () => fs.rm(await record('first')),
  'a further record': async () =>
    fs.copyFile(await record('first'), (await record('first')).replace('1.json', '2.json')),
  'a byte of an artifact, size and time kept': async () =>
    changeUnseen(path.join((await stageOf('total')).object, 'value.json'), flip),
  'an artifact that is gone': async () => fs.rm((await stageOf('odd')).object, { recursive: true }),
  'a file that came to an artifact': async () =>
    fs.writeFile(path.join((await stageOf('odd')).object, 'more'), 'x'),
  'a manifest cut off': async () =>
    fs.truncate(path.join((await stageOf('odd')).object, '.manifest.json'), 9),
};

describe('what was kept holds no longer after a change of', () => {
  test.each(Object.keys(attacks))('%s', async (name) => {
    await settled();
    const undo = await attacks[name]!();
    expect(await again()).toBeUndefined();
    if (typeof undo === 'function') await undo();
    // put back as it was: the file system says that it is not, so that all is found out again
    expect(await again()).toBeUndefined();
  });
});

test('a link that leads to another file of the same content is a change', async () => {
  await fs.rename(at('data/one.txt'), at('data/real.txt'));
  await fs.symlink('real.txt', at('data/one.txt'));
  await settled();
  await changeUnseen(at('data/real.txt'), flip);
  expect(await again()).toBeUndefined();
  await fs.writeFile(at('data/real.txt'), 'one');
  await settled();
  await fs.copyFile(at('data/real.txt'), at('data/other.txt'));
  await fs.rm(at('data/one.txt'));
  await fs.symlink('other.txt', at('data/one.txt'));
  expect(await again()).toBeUndefined();
  await fs.rm(at('data/one.txt'));
  await fs.rename(at('data/real.txt'), at('data/one.txt'));
});

test('what is asked otherwise is not what was kept', async () => {
  await settled();
  for (const more of [
    { sets: ['first.params.value=2'] },
    { only: ['first'] },
    { from: ['total'] },
    { until: ['total'] },
    { wish: { backend: 'cpu' as const } },
    { pipeline: at('pipelines/base.json') },
  ]) {
    expect(await again(more), JSON.stringify(more)).toBeUndefined();
  }
});

test('a run is not kept when something ran in it, or when a file had changed just before', async () => {
  await settled();
  const { result } = await run(['first.params.value=11']);
  expect(statuses(result).first).toBe('ran');
  expect(await again({ sets: ['first.params.value=11'] })).toBeUndefined();
  await fs.writeFile(at('data/many/a.txt'), 'changed');
  await run();
  await settled();
  const before = Date.now();
  await fs.utimes(at('data/many/a.txt'), new Date(), new Date());
  const { result: fresh } = await run([], FILE, before);
  expect(statuses(fresh).look).toBe('cached');
  expect(await again()).toBeUndefined();
});

test('a run that depends on the device is repeated for as long as all that tells of the device is the same', async () => {
  await project.write(
    'schemas/stages/timed.schema.json',
    JSON.stringify({
      description: 'Depends on the device.',
      type: 'object',
      additionalProperties: false,
      properties: {},
      'x-stage': { outputs: { time: { kind: 'json', description: 'A time.' } }, needs: { device: true } },
    }),
  );
  await project.write(
    'stages/timed/stage.ts',
    (await project.read('stages/look/stage.ts')).replace('seen: 1', 'time: 1').replaceAll('seen', 'time'),
  );
  await project.write(
    'pipelines/timed.json',
    pipelineText({ name: 'timed', stages: { timed: { type: 'timed' } } }),
  );
  for (let i = 0; i < 2; i++) {
    await sleep(30);
    await run([], 'pipelines/timed.json');
  }
  const timed = { pipeline: at('pipelines/timed.json') };
  expect(await again(timed)).toBeDefined();
  vi.stubEnv('PIPE_CPU', 'wasm');
  expect(await again(timed)).toBeUndefined();
  vi.unstubAllEnvs();
  expect(await again(timed)).toBeDefined();
});

const keptFile = async (): Promise<string> => {
  const directory = path.join(project.store, 'cache/repeat');
  const names = await fs.readdir(directory);
  const found = await Promise.all(
    names.map(async (name) => ({ name, changed: (await fs.stat(path.join(directory, name))).mtimeMs })),
  );
  return path.join(directory, found.sort((a, b) => b.changed - a.changed)[0]!.name);
};

test('what was kept and is damaged, torn or of another place counts for nothing', async () => {
  await settled();
  const file = await keptFile();
  const whole = await fs.readFile(file);
  const isLost = async (bytes: Uint8Array, what: string) => {
    await fs.writeFile(file, bytes);
    expect(await again(), what).toBeUndefined();
  };
  for (let i = 0; i < 60; i++) {
    const bytes = Buffer.from(whole);
    const place = Math.floor((i / 60) * whole.length);
    bytes[place]! ^= 1 << (i % 8);
    await isLost(bytes, `bit ${i % 8} of byte ${place}`);
  }
  for (const length of [0, 1, 60, 200, whole.length >> 1, whole.length - 1]) {
    await isLost(whole.subarray(0, length), `${length} bytes`);
  }
  await fs.writeFile(file, whole);
  expect(await again()).toBeDefined();
  const other = { sets: ['seed=1'] };
  await fs.copyFile(file, path.join(project.store, 'cache', placeOf(asked(other))));
  expect(await again(other)).toBeUndefined();
});

test('the earlier run gone, or its files damaged: all is found out again', async () => {
  const first = await settled();
  const { runs } = await storeOf();
  await changeUnseen(path.join(runs.directory(first.run), 'uses.jsonl'), flip);
  expect(await again()).toBeUndefined();
  const second = await settled();
  await runs.label(second.run, { add: ['kept'] });
  expect(await again()).toBeUndefined();
  const third = await settled();
  await runs.remove(third.run);
  expect(await again()).toBeUndefined();
});

test('what was changed is found out by the command itself', async () => {
  await settled();
  await changeUnseen(path.join((await stageOf('total')).object, 'value.json'), flip);
  expect(await again()).toBeUndefined();
  const { result, events } = await run();
  expect(statuses(result).total).toBe('ran');
  expect(events.some((event) => event.event === 'warning' && event.code === 'damage')).toBe(true);
});
