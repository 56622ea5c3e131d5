import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProject, pipelineText, sums, type TestProject } from '../engine/project.ts';
import { masked, pipe } from './pipe.ts';
import { fits } from './schema.ts';

let project: TestProject;
beforeAll(async () => {
  project = await createProject({ 'pipelines/sums.json': pipelineText(sums) });
});
afterAll(() => project.remove());

const runs = async (...words: string[]): Promise<string[]> => {
  const { out, err } = await pipe(project.root, 'runs', '--json', ...words);
  if (err !== '') return [err];
  const value = JSON.parse(out);
  expect(await fits('runs', value)).toEqual([]);
  return value.runs.map(({ note }: { note?: string }) => note ?? 'none');
};

test('runs are marked when they start and later, and found again', async () => {
  const first = ['run', 'pipelines/sums.json', '--tag', 'paper', '--tag', 'a/b', '--note', 'one'];
  expect((await pipe(project.root, ...first)).code).toBe(0);
  await pipe(project.root, 'run', 'pipelines/sums.json', '--set', 'second.params.value=7');
  const changed = await pipe(project.root, 'tag', 'latest', 'late', '--note', 'two', '--json');
  expect(await fits('run-labels', JSON.parse(changed.out).labels)).toEqual([]);
  expect(JSON.parse(changed.out)).toEqual({
    run: expect.any(String),
    labels: { v: 1, tags: ['late'], note: 'two' },
  });
  expect(await runs()).toEqual(['two', 'one']);
  expect(await runs('--tag', 'paper')).toEqual(['one']);
  expect(await runs('--tag', 'paper', '--tag', 'late')).toEqual([]);
  expect(await runs('--where', 'second.params.value > 5')).toEqual(['two']);
  expect(await runs('--where', 'second.value=2 or tag=late', '--tag', 'paper')).toEqual(['one']);
  expect(await runs('--where', 'second.params.valu > 5')).toEqual([
    '{"problems":[{"code":"unknown-field","message":"no run here has \\"second.params.valu\\"; did you mean \\"second.params.value\\"?","at":{"source":"--where","line":1,"column":1,"length":18}}]}\n',
  ]);
  const removed = await pipe(project.root, 'tag', 'latest', '--remove', 'late', '--note', '');
  expect(masked(removed.out)).toBe('run <run>: no tags\n');
  const wrong = await pipe(project.root, 'tag', 'latest', '--remove', 'late');
  expect({ ...wrong, err: masked(wrong.err) }).toEqual({
    code: 2,
    out: '',
    err: 'unknown-tag: run <run> has no tag "late"; it has none\n',
  });
  const bad = await pipe(project.root, 'run', 'pipelines/sums.json', '--tag', '--x');
  expect(bad).toMatchObject({ code: 2 });
  const spaced = await pipe(project.root, 'tag', 'latest', 'two words');
  expect(spaced.err).toMatch(/^bad-tag: "two words" cannot be a tag: a tag has at most 64 letters/);
}, 60_000);
