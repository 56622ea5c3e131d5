import * as os from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createProject,
  pipelineText,
  projectFiles,
  statuses,
  sums,
  type TestProject,
} from '../engine/project.ts';
import { masked, pipe } from './pipe.ts';

const helper = 'lib/arithmetic.ts';
const original = projectFiles[helper]!;
/** The same sums, written otherwise. */
const rewritten = original.replace('(a + b) * scale', 'scale * (b + a)');
const user = os.userInfo().username;
const cachedBut = (id: string, status: string) => ({
  first: 'cached',
  second: 'cached',
  total: 'cached',
  odd: 'cached',
  [id]: status,
});

let project: TestProject;
beforeAll(async () => {
  project = await createProject({ 'pipelines/sums.json': pipelineText(sums) });
  await project.run();
});
afterAll(() => project.remove());

/** Output of a command with run ids, times and the user's name replaced, whatever way its lines are broken. */
async function said(...words: string[]): Promise<string> {
  const { code, out, err } = await pipe(project.root, ...words);
  return `exit ${code} ${masked(out + err)}`
    .replace(/\s+/g, ' ')
    .trimEnd()
    .replaceAll(`by ${user} `, 'by <user> ');
}

test('an acceptance needs a reason and an edit', async () => {
  expect(await said('accept', 'total')).toBe(
    'exit 2 no-reason: say why the edit changes no result: npx pipe accept total --reason "renamed a variable"',
  );
  expect(await said('accept', 'total', '--reason', 'none')).toBe(
    'exit 2 nothing-to-accept: the code of total is what it was when it ran',
  );
  expect(await said('accept', 'total', '--revoke')).toBe(
    'exit 2 no-acceptance: no edit of the code of total is accepted',
  );
  expect(await said('accept', 'totl', '--reason', 'none')).toMatch(
    /^exit 2 unknown-stage: .*did you mean "total"\?$/,
  );
});

test('an accepted edit reruns nothing, and everything that looks at the stage says so', async () => {
  await project.write(helper, rewritten);
  expect(await said('accept', 'total', '--reason', 'a sum the other way round')).toBe(
    'exit 0 total: its outputs of run <run> stand for its code as it is now. code lib/arithmetic.ts ' +
      'accepted: a sum the other way round npx pipe accept total --revoke takes it back',
  );
  const { result, events } = await project.run();
  expect(statuses(result)).toEqual(cachedBut('total', 'cached'));
  expect(result.stages.total!.accepted).toBe('a sum the other way round');
  expect(events.find((event) => event.event === 'stage-cached' && event.stage === 'total')).toMatchObject({
    accepted: 'a sum the other way round',
  });
  expect(await said('why', 'total')).toBe(
    'exit 0 total did not run: an edit of its code is accepted as changing no result. code lib/arithmetic.ts ' +
      'accepted by <user> on <when>: a sum the other way round its outputs are those of run <run>, <when> ' +
      'npx pipe accept total --revoke takes it back',
  );
  expect(await said('show', 'latest:total')).toContain(
    'Accepted edit of its code accepted by <user> on <when>: a sum the other way round',
  );
  expect(await said('show', 'latest')).toContain('edit accepted: a sum the other way round');
  expect(await said('run', 'pipelines/sums.json')).toMatch(
    /total +cached · edit accepted: a sum the other way round.*Accepted +edit of the code of total: a sum the other way round/,
  );
  const [first] = await (await project.openStore()).runs.list();
  expect(await said('diff', first!, 'latest')).toContain(
    'edit of its code accepted: a sum the other way round',
  );
  await said('show', 'latest', '--html', 'report.html');
  expect(await project.read('report.html')).toContain('edit of its code accepted: a sum the other way round');
  expect(await said('accept', 'total', '--reason', 'again')).toBe(
    'exit 2 nothing-to-accept: the code of total is accepted already: "a sum the other way round"',
  );
});

test('an acceptance that is taken back makes the stage run, and is remembered', async () => {
  expect(await said('accept', 'total', '--revoke', '--reason', 'better safe')).toBe(
    'exit 0 total: the acceptance "a sum the other way round" is taken back; the next run makes its outputs anew.',
  );
  const { result, events } = await project.run();
  expect(statuses(result)).toEqual(cachedBut('total', 'ran'));
  expect(events.find(({ event }) => event === 'stage-started')).toMatchObject({
    reason: 'code changed (lib/arithmetic.ts)',
  });
  expect(await said('why', 'total')).toMatch(
    /accepted by <user> on <when>: a sum the other way round; taken back by <user> on <when> \(better safe\)$/,
  );
  const store = await project.openStore();
  const { records } = await store.records.list(result.stages.total!.fingerprint!);
  expect(records.map(({ reason }) => reason)).toEqual(['accepted', 'revoked', 'first']);
});

test('an acceptance that was wrong comes out when the stage is forced to run', async () => {
  await project.write(helper, original.replace('scale = 1', 'scale = 2'));
  await said('accept', 'total', '--reason', 'I am sure');
  const before = await project.run();
  expect(statuses(before.result)).toEqual(cachedBut('total', 'cached'));
  const { result, events } = await project.run({ force: ['total'] });
  expect(result.stages.total!.accepted).toBeUndefined();
  expect(events.find(({ event }) => event === 'warning')).toMatchObject({
    code: 'divergence',
    message: expect.stringContaining(
      'records 1 and 2 should have equal outputs, for its type is exact, and have not',
    ),
  });
});

test('more than an edit of code cannot be accepted', async () => {
  const file = 'schemas/stages/sum.schema.json';
  const schema = JSON.parse(projectFiles[file]!) as { properties: object; 'x-stage': object };
  const minus = { type: 'number', description: 'Taken away.', default: 0 };
  await project.write(
    file,
    JSON.stringify({
      ...schema,
      properties: { ...schema.properties, minus },
      'x-stage': { ...schema['x-stage'], version: 2 },
    }),
  );
  await project.write(helper, rewritten.replace('scale = 1', 'scale = 5'));
  expect(await said('accept', 'total', '--reason', 'it is the same')).toBe(
    'exit 2 other-changes: total would run all the same: version 1 → 2 and params.minus is new; only an edit of code can be accepted',
  );
});
