import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { replayStage } from '../../src/engine/index.ts';
import { memoText } from '../../src/report/memo.ts';
import { showStage } from '../../src/report/show.ts';
import { recordOf } from '../../src/report/source.ts';
import { plainStyle } from '../../src/report/style.ts';
import { ownRoot } from '../../src/stage/package.ts';
import { createProject, statuses, type TestProject } from './project.ts';

const schema = JSON.stringify({
  description: 'Adds up squares, each of which is remembered.',
  type: 'object',
  additionalProperties: false,
  properties: {
    from: { type: 'integer', description: 'First.', default: 0 },
    to: { type: 'integer', description: 'Last.', default: 3 },
  },
  'x-stage': { outputs: { sum: { kind: 'json', description: 'The sum.' } } },
});
const code = `
export default {
  async run({ params, remember }) {
    let sum = 0;
    for (let i = params.from; i <= params.to; i++) {
      sum += await remember({ square: i }, async () => {
        console.log('computes', i);
        return i * i / 10;
      });
    }
    return { sum };
  },
};`;
const pipeline = { name: 'squares', stages: { squares: { type: 'squares' } } };

let project: TestProject;
beforeAll(async () => {
  project = await createProject({
    'schemas/stages/squares.schema.json': schema,
    'stages/squares/stage.ts': code,
  });
});
afterAll(() => project.remove());

async function run(sets: readonly string[] = [], force: readonly string[] = []) {
  const { result, events } = await project.run({ pipeline, sets, force });
  const stage = result.stages.squares!;
  const finished = events.find((event) => event.event === 'stage-finished');
  const sum = JSON.parse(await project.read('artifacts/runs/latest/squares/sum/value.json')) as number;
  return { result, stage, finished, sum };
}

test('a stage of another run takes what is known, and how much is told', async () => {
  const first = await run();
  expect(first.stage.memo).toEqual({ hits: 0, misses: 4, savedMs: 0 });
  const second = await run(['squares.params.to=5']);
  expect(statuses(second.result)).toEqual({ squares: 'ran' });
  expect(second.stage.memo).toMatchObject({ hits: 4, misses: 2 });
  expect(second.finished).toMatchObject({ memo: second.stage.memo });
  expect(second.sum).toBe(5.5);
  const record = (await recordOf(await project.openStore(), second.stage))!;
  expect(record.memo).toEqual(second.stage.memo);
  const shown = showStage('squares', second.stage, record, 'runs', plainStyle).join('\n');
  expect(shown).toMatch(/^Memo +4 of 6 evaluations remembered, \d.* saved$/m);
  expect(memoText({ hits: 1200, misses: 34, savedMs: 65_000 })).toBe(
    '1,200 of 1,234 evaluations remembered, 1m05s saved',
  );
});

test('a stage that is forced, and one that is replayed, take nothing on trust', async () => {
  const forced = await run(['squares.params.to=5'], ['squares']);
  expect(forced.stage.memo).toMatchObject({ hits: 0, misses: 6 });
  const store = await project.openStore();
  const replayed = await replayStage(store, 'squares', forced.stage);
  expect(replayed.ok && replayed.value.same).toBe(true);
  const { records } = await store.records.list(forced.stage.fingerprint!);
  expect(records.at(-1)!.memo).toBeUndefined();
});

test('an edit of the code takes nothing of the code before', async () => {
  await project.write('stages/squares/stage.ts', code.replace('/ 10', '/ 100'));
  const edited = await run();
  expect(edited.stage.memo).toMatchObject({ hits: 0, misses: 4 });
  expect(edited.sum).toBe(0.14);
});

test("naspipe's own searches share the code that evaluations depend on", async () => {
  const searches = [
    'controller-search',
    'evolutionary-refinement',
    'netadapt',
    'random-search',
    'proxyless-finetune',
  ];
  const libraries = searches.map(async (type) => {
    const facts = await fs.readFile(path.join(ownRoot, 'dist', 'stages', `${type}.json`), 'utf8');
    return (JSON.parse(facts) as { library: string }).library;
  });
  const distinct = new Set(await Promise.all(libraries));
  expect(distinct.size).toBe(1);
  expect([...distinct][0]).toMatch(/^[0-9a-f]{64}$/);
});

test('a stage of another arithmetic is not run again, but named with the naspipe that can', async () => {
  const { stage } = await run();
  const store = await project.openStore();
  const { attempts } = store;
  const older: typeof attempts = {
    ...attempts,
    async request(attempt) {
      const request = await attempts.request(attempt);
      return request && { ...request, preimage: { ...request.preimage, numericsVersion: 0 } };
    },
  };
  const replayed = await replayStage({ ...store, attempts: older }, 'squares', stage);
  expect(replayed).toMatchObject({
    ok: false,
    failures: [
      {
        code: 'not-replayable',
        message: expect.stringMatching(
          /^stage squares was made by a naspipe with version 0 of the arithmetic, and this one computes otherwise; use naspipe \d/,
        ),
      },
    ],
  });
});
