import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, pipelineText, repository, sums, type TestProject } from '../engine/project.ts';
import { pipeHere } from './pipe.ts';
import { fits } from './schema.ts';

/** Printed by commands that need a trained network: their own tests hold them to their schemas. */
const elsewhere = ['output/export-model'];

/** Every command that prints JSON, the schema of what it prints, and its exit code where that is not 0. */
const commands: readonly (readonly [words: string, schema: string, code?: number])[] = [
  ['run pipelines/sums.json', 'event'],
  ['run pipelines/sums.json --set second.params.value=7', 'event'],
  ['plan pipelines/sums.json --set first.params.value=3', 'plan'],
  ['status', 'status'],
  ['watch', 'event'],
  ['logs total', 'journal'],
  ['runs', 'runs'],
  ['show latest', 'run-result'],
  ['show latest:total', 'output/show-stage'],
  ['show latest:total/number', 'output/show-artifact'],
  ['why total', 'output/why'],
  ['diff RUN latest', 'output/diff', 1],
  ['diff latest latest', 'output/diff'],
  ['accept total --reason same', 'output/accept'],
  ['why total', 'output/why'],
  ['accept total --revoke', 'output/accept'],
  ['why total', 'output/why'],
  ['tag latest paper --note one', 'output/tag'],
  ['export latest out.tar.gz', 'output/export'],
  ['import out.tar.gz', 'output/import'],
  ['check out.tar.gz --replay total', 'check'],
  ['verify latest', 'output/verify'],
  ['verify latest --replay total', 'output/replay'],
  ['branch latest:steps@2 --set steps.params.steps=4', 'event'],
  ['show latest:steps', 'output/show-stage'],
  ['why steps', 'output/why'],
  ['pin latest --note one', 'output/pin'],
  ['pin', 'output/pins'],
  ['unpin latest', 'output/pin'],
  ['gc --dry-run --grace 0', 'output/gc'],
  ['fsck', 'output/fsck', 1],
  ['rm latest', 'output/rm'],
  ['types', 'output/types'],
  ['types sum', 'output/type'],
  ['types --write', 'output/types-write'],
  ['new stage distil', 'output/new-stage'],
  ['doctor', 'output/doctor'],
  ['plan pipelines/sums.json --set firs.params.value=3', 'output/problems', 2],
  ['show nothing', 'output/problems', 2],
];

let project: TestProject;
let first: string;
beforeAll(async () => {
  const stages = { ...sums.stages, steps: { type: 'walk', params: { steps: 3 } } };
  project = await createProject({ 'pipelines/sums.json': pipelineText({ ...sums, stages }) });
});
afterAll(() => project.remove());

/** What makes the next command have something to say. */
async function before(words: string): Promise<void> {
  const store = await project.openStore();
  first ??= (await store.runs.list())[0]!;
  if (words.startsWith('accept total --reason')) {
    const code = await project.read('lib/arithmetic.ts');
    await project.write('lib/arithmetic.ts', code.replace('(a + b) * scale', 'scale * (b + a)'));
  }
  if (words !== 'fsck') return;
  const result = (await store.runs.results(first)) as unknown as {
    stages: { first: { outputs: { number: { digest: string } } } };
  };
  const { digest } = result.stages.first.outputs.number;
  await fs.appendFile(path.join(store.objects.directory(digest), 'value.json'), ' ');
}

test('what every command prints as JSON fits its schema', async () => {
  for (const [words, schema, code = 0] of commands) {
    await before(words);
    const typed = words.replace('RUN', first).split(' ');
    const checkpoint = /^(run|branch) /.test(words) ? ['--checkpoint', '0'] : [];
    const ended = await pipeHere(project.root, ...typed, ...checkpoint, '--json');
    expect(ended.code, `${words}: ${ended.err}`).toBe(code);
    const text = schema.endsWith('problems') ? ended.err : ended.out;
    const values = /^(event|journal)$/.test(schema) ? text.trim().split('\n') : [text];
    for (const value of values) expect(await fits(schema, JSON.parse(value)), words).toEqual([]);
  }
  const used = new Set([...elsewhere, ...commands.map(([, schema]) => schema)]);
  const there = await fs.readdir(path.join(repository, 'schemas', 'output'));
  for (const file of there) expect(used).toContain(`output/${file.replace('.schema.json', '')}`);
  const { out } = await pipeHere(project.root, '--help');
  const listed = [...out.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(listed.filter((name) => !commands.some(([words]) => words.startsWith(name!)))).toEqual([]);
}, 60_000);
