import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSilence } from '../../src/engine/attempts/silence.ts';
import type { RunEvent } from '../../src/schema/generated/event.ts';
import { pipe, start } from '../cli/pipe.ts';
import { createProject, pipelineText, type TestProject } from './project.ts';

const port = { kind: 'json', description: 'A number.' };
const text = { type: 'string', default: '' };
const schema = (retries?: number) =>
  JSON.stringify({
    description: 'Says nothing after its third step, unless it goes on from there.',
    type: 'object',
    additionalProperties: false,
    properties: {
      how: { ...text, description: 'Why it says nothing: loop, await, or a file that it waits for.' },
      pause: { type: 'number', default: 0, description: 'Milliseconds a step.' },
      name: { ...text, description: 'Makes a stage of its own.' },
    },
    'x-stage': {
      outputs: { step: port },
      retries: { seconds: 0.01 },
      silence: { seconds: 2, ...(retries !== undefined && { retries }) },
    },
  });
const code = `
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { defineStage } from 'naspipe/stage';
export default defineStage<{ how: string; pause: number }, {}, { step: 'json' }>({
  async run({ params: { how, pause }, resume, tick }) {
    const first = (resume?.state as number | undefined) ?? 0;
    for (let step = first + 1; step <= 9; step++) {
      await sleep(pause);
      await tick({ step, total: 9 }, () => ({ state: step, tensors: new Map() }));
      if (step !== 3) continue;
      if (how === 'loop') for (;;);
      if (how === 'await') await new Promise(() => setInterval(() => {}, 1000));
      while (how !== '' && !existsSync(how)) await sleep(10);
    }
    return { step: 9 };
  },
});
`;

let project: TestProject;
beforeAll(async () => {
  project = await createProject({
    'schemas/stages/mute.schema.json': schema(),
    'stages/mute/stage.ts': code,
    'schemas/stages/mended.schema.json': schema(1),
    'stages/mended/stage.ts': code,
  });
});
afterAll(() => project.remove());

const stage = (params: object, type = 'mute') => ({ name: 'mute', stages: { mute: { type, params } } });
const run = (pipeline: object, options: object = {}) =>
  project.run({ pipeline, file: 'pipelines/mute.json', checkpointSeconds: 0, graceMs: 100, ...options });
/** Names of what is told of attempts. */
const told = (events: readonly RunEvent[]): string[] =>
  events.flatMap(({ event }) => (/^stage-(?!progress|checkpoint)/.test(event) ? [event] : []));

describe('an attempt that writes no event', () => {
  test.each(['loop', 'await'])(
    'is told, stopped, killed when it does not answer, and retried from its checkpoint: %s',
    async (how) => {
      const { result, events } = await run(stage({ how }), { silence: { retries: 2 } });
      expect(told(events)).toEqual([
        'stage-started',
        'stage-silent',
        'stage-retrying',
        'stage-started',
        'stage-finished',
      ]);
      expect(events.find(({ event }) => event === 'stage-silent')).toMatchObject({
        stage: 'mute',
        silentMs: expect.any(Number),
        last: 'at its checkpoint of step 3',
        pid: expect.any(Number),
        log: expect.stringMatching(/^\/.*\/attempts\/[0-9a-f]{64}\/.*\.txt$/),
        stops: true,
      });
      expect(events.find(({ event }) => event === 'stage-retrying')).toMatchObject({
        code: 'silent',
        message: 'stopped after 2 s of silence; last heard of at its checkpoint of step 3',
        retry: 1,
        of: 2,
      });
      expect(result.stages.mute!.status).toBe('resumed');
      const again = events.filter(({ event }) => event === 'stage-started')[1];
      expect(again).toHaveProperty('resumedFrom', 3);
    },
  );

  test('is stopped as its type says, and fails its stage when no retry is left', async () => {
    const silent = { silence: { retries: 0 } };
    const { result } = await run(stage({ how: 'loop', name: 'none' }, 'mended'), silent);
    expect(result.stages.mute).toMatchObject({ status: 'failed', failure: { code: 'silent' } });
    const mended = await run(stage({ how: 'loop', name: 'type' }, 'mended'));
    expect(told(mended.events)).toContain('stage-retrying');
    expect(mended.result.status).toBe('ok');
  });

  test('is left alone without that setting, and told again when it is heard of', async () => {
    const file = `${project.root}/go`;
    const { result, events } = await run(stage({ how: file, pause: 100 }), {
      onEvent: ({ event }: RunEvent) => event === 'stage-silent' && project.write('go', ''),
    });
    expect(told(events)).toEqual(['stage-started', 'stage-silent', 'stage-heard', 'stage-finished']);
    expect(result.stages.mute!.status).toBe('ran');
  });

  test('that says something now and then, for longer than that in all, is not disturbed', async () => {
    const { events } = await run(stage({ pause: 450 }), { silence: { afterMs: 3000, retries: 2 } });
    expect(told(events)).toEqual(['stage-started', 'stage-finished']);
  });

  test('is not silent where its program prints, and is where that does not', async () => {
    const program = (line: string) => {
      const run = [
        'sh',
        '-c',
        `for i in 1 2 3 4 5 6; do sleep 0.5; ${line}; done; echo 1 > "$NASPIPE_OUTPUTS/n/value.json"`,
      ];
      return { name: 'mute', stages: { mute: { type: 'command', params: { run, outputs: { n: 'json' } } } } };
    };
    const silence = { afterMs: 2000 };
    expect(told((await run(program('echo $i'), { silence })).events)).not.toContain('stage-silent');
    expect(told((await run(program(':'), { silence })).events)).toContain('stage-silent');
  });

  test('is seen from another terminal, by what is printed, and ended by a second Ctrl-C', async () => {
    await project.write('pipelines/mute.json', pipelineText(stage({ how: 'loop', name: 'seen' })));
    const running = start(project.root, 'run', 'pipelines/mute.json', '--silence', '1');
    await running.saw('silent for');
    const status = await pipe(project.root, 'status');
    expect(status.out).toMatch(/ ! mute +silent for [\d.]+s, last heard of at step 1 of 9 \(process\s+\d+\)/);
    const { out } = await pipe(project.root, 'status', '--json');
    expect(JSON.parse(out).runs[0].stages[0].silentMs).toBeGreaterThan(1000);
    const watching = start(project.root, 'watch');
    await watching.saw('silent for');
    running.child.kill('SIGINT');
    await running.saw('Stopping');
    running.child.kill('SIGINT');
    expect((await running.ended).out).toMatch(
      /mute {2}silent for [\d.]+s, last heard of at step 1 of 9 \(process \d+\)\n {6}end its run by Ctrl-C twice; run with --retry-silent 1 to have it started again · log: artifacts\/attempts\//,
    );
    await watching.ended;
  });
});

describe('silence', () => {
  test('is told once, and its end once', () => {
    const look = createSilence(100, 10);
    const told = [];
    for (let now = 0; now <= 300; now += 10) told.push(look(now < 150 ? 1 : 2, now));
    expect(told.filter(Boolean)).toEqual([
      { is: 'silent', forMs: 100 },
      { is: 'heard', forMs: 140 },
      { is: 'silent', forMs: 100 },
    ]);
  });

  test('is not what passes while this process stands still itself', () => {
    const look = createSilence(100, 10);
    expect([look(1, 0), look(1, 10), look(1, 100_000), look(1, 100_010)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
