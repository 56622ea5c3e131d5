import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StageRecord } from '../../src/schema/generated/record.ts';
import { RECORD_DOMAIN } from '../../src/store/records.ts';
import { seal } from '../../src/store/seal.ts';
import { pipe } from '../cli/pipe.ts';
import { createProject, pipelineText, type TestProject } from './project.ts';

const schema = (stage: object): string =>
  JSON.stringify({
    description: 'For tests of backends.',
    type: 'object',
    additionalProperties: false,
    properties: {},
    'x-stage': { outputs: { number: { kind: 'json', description: 'A number.' } }, ...stage },
  });
const code = 'export default { run: async () => ({ number: 1 }) };';

let project: TestProject;
beforeAll(async () => {
  project = await createProject({
    'schemas/stages/trains.schema.json': schema({ needs: { backend: true } }),
    'stages/trains/stage.ts': code,
    'schemas/stages/times.schema.json': schema({
      needs: { backend: true, device: true },
      determinism: 'measured',
    }),
    'stages/times/stage.ts': code,
    'pipelines/p.json': pipelineText({
      name: 'p',
      stages: { train: { type: 'trains' }, time: { type: 'times' } },
    }),
    'pipelines/alone.json': pipelineText({ name: 'alone', stages: { train: { type: 'trains' } } }),
  });
});
afterAll(() => project.remove());

/** The record of the stage, as if another backend had made it. */
async function madeOn(backend: string): Promise<void> {
  const records = path.join(project.store, 'records');
  for (const fingerprint of await fs.readdir(records)) {
    const file = path.join(records, fingerprint, '1.json');
    const { seal: _, ...record } = JSON.parse(await fs.readFile(file, 'utf8')) as StageRecord & {
      seal: string;
    };
    if (record.stageType !== 'trains') continue;
    const lineage = { ...record.lineage, numerics: { ...record.lineage.numerics!, backend } };
    await fs.chmod(file, 0o644);
    await fs.writeFile(file, `${JSON.stringify(seal(RECORD_DOMAIN, { ...record, lineage }), null, 2)}\n`);
  }
}

test('what another backend made is taken, and called so, in pipelines that measure nothing, too', async () => {
  const run = (file = 'p.json') => pipe(project.root, 'run', `pipelines/${file}`);
  expect((await run()).out).toMatch(/2 stages ran/);
  const same = await run();
  expect(same.out).toContain('nothing to do');
  expect(same.out).not.toContain('made on');
  await madeOn('tf/gpu');
  const other = await run();
  expect(other.out).toContain('nothing to do');
  expect(other.out).toMatch(/^train +cached .*made on tf\/gpu/m);
  expect(other.out).not.toMatch(/^time .*made on/m);
  // the second time it is a run that was kept whole
  for (let time = 0; time < 2; time++) {
    expect((await run('alone.json')).out).toMatch(/^train +cached .*made on tf\/gpu/m);
  }
});
