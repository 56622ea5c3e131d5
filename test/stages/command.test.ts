import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/canonical.ts';
import { isHeld } from '../../src/base/locks.ts';
import { kindNames } from '../../src/stage/artifacts.ts';
import { runDriver } from '../engine/driver.ts';
import { createProject, pipelineText, statuses, type TestProject } from '../engine/project.ts';
import { stageSchema } from './harness.ts';

const python = spawnSync('python3', ['--version']).status === 0;

let project: TestProject;
beforeAll(async () => {
  project = await createProject({
    'tools/count.sh': 'cat "$NASPIPE_INPUTS/number/value.json" > "$NASPIPE_OUTPUTS/seen/value.json"\n',
    'tools/double.py': `
import json, os
with open(os.environ['NASPIPE_INPUTS'] + '/number/value.json') as file:
    number = json.load(file)
with open(os.environ['NASPIPE_OUTPUTS'] + '/twice/value.json', 'w') as file:
    json.dump(2 * number, file)
print('doubled', number)
`,
  });
});
afterAll(() => project.remove());

/** A pipeline of one number and one program that may read it. */
const using = (params: object, value = 21) => ({
  name: 'program',
  stages: {
    one: { type: 'constant', params: { value } },
    program: {
      type: 'command',
      params: { inputs: { number: 'json' }, ...params },
      inputs: { number: 'one' },
    },
  },
});
const shell = (line: string, more: object = {}) =>
  using({ run: ['sh', '-c', line], outputs: { seen: 'json' }, ...more });

const seen = '"$NASPIPE_OUTPUTS/seen/value.json"';

/** What a program left, or why it failed. */
async function outcome(pipeline: object): Promise<Json> {
  const { result } = await project.run({ pipeline });
  const { status, failure, outputs } = result.stages.program!;
  if (status === 'failed') return [failure!.code, failure!.message];
  const store = await project.openStore();
  const opened = await store.objects.open(Object.values(outputs)[0]!.digest);
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return JSON.parse(new TextDecoder().decode(opened.value.tree.get('value.json'))) as Json;
}

const running = (pattern: string): boolean => spawnSync('pgrep', ['-f', pattern]).status === 0;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 30));
}

test('its schema knows every kind', async () => {
  const { properties } = (await stageSchema('command')) as {
    properties: Record<string, { additionalProperties: { enum: string[] } }>;
  };
  expect(properties.inputs!.additionalProperties.enum.sort()).toEqual([...kindNames].sort());
  expect(properties.outputs!.additionalProperties.enum.sort()).toEqual([...kindNames].sort());
});

describe('a program', () => {
  test.runIf(python)('in Python reads inputs, leaves outputs, and what it prints is in the log', async () => {
    const pipeline = using({
      run: ['python3', 'tools/double.py'],
      files: ['tools/double.py'],
      outputs: { twice: 'json' },
    });
    expect(await outcome(pipeline)).toBe(42);
    const { result } = await project.run({ pipeline });
    expect(statuses(result)).toEqual({ one: 'cached', program: 'cached' });
    const { fingerprint, attempt } = result.stages.program!;
    const log = path.join(project.store, 'attempts', fingerprint!, attempt!, 'log.txt');
    expect(await fs.readFile(log, 'utf8')).toContain('doubled 21');
  });

  test('runs again when its files, words or variables change, not when the environment does', async () => {
    const pipeline = (more: object = {}) =>
      using({ run: ['sh', 'tools/count.sh'], files: ['tools'], outputs: { seen: 'json' }, ...more });
    const status = async (made: object) => statuses((await project.run({ pipeline: made })).result).program;
    expect(await status(pipeline())).toBe('ran');
    process.env.NASPIPE_TEST_NOISE = 'loud';
    expect(await status(pipeline())).toBe('cached');
    expect(await status(pipeline({ variables: { MODE: 'fast' } }))).toBe('ran');
    await project.write('tools/count.sh', `${await project.read('tools/count.sh')}\n`);
    expect(await status(pipeline())).toBe('ran');
    expect(await status(pipeline({ run: ['sh', './tools/count.sh'] }))).toBe('ran');
  });

  test('gets the variables that are named, and no others', async () => {
    process.env.NASPIPE_TEST_SECRET = 'secret';
    process.env.NASPIPE_TEST_LOUD = 'loud';
    const line = `env | cut -d= -f1 | grep -E "^(NASPIPE|HOME|ASKED)" | sort | tr "\\n" " " | sed 's/^/"/; s/$/"/' > ${seen}`;
    const pipeline = shell(line, { environment: ['NASPIPE_TEST_LOUD'], variables: { ASKED: 'yes' } });
    expect(await outcome(pipeline)).toBe('ASKED NASPIPE_INPUTS NASPIPE_OUTPUTS NASPIPE_TEST_LOUD ');
  });

  test('cannot damage what the store holds of its inputs', async () => {
    const line = `chmod -R u+w "$NASPIPE_INPUTS"; echo 99 > "$NASPIPE_INPUTS/number/value.json"; echo 1 > ${seen}`;
    expect(await outcome(shell(line))).toBe(1);
    const { result } = await project.run({
      pipeline: shell(`cp "$NASPIPE_INPUTS/number/value.json" ${seen}`),
    });
    expect(statuses(result)).toEqual({ one: 'cached', program: 'ran' });
    expect(await outcome(shell(`cp "$NASPIPE_INPUTS/number/value.json" ${seen}`))).toBe(21);
  });
});

describe('a program that fails is told with what it said last:', () => {
  const cases: [string, object, Json][] = [
    [
      'its exit code',
      shell('echo reading >&2; for n in 1 2 3 4 5 6; do echo line $n; done; exit 3'),
      ['program-failed', '"sh" ended with exit code 3\n  line 2\n  line 3\n  line 4\n  line 5\n  line 6'],
    ],
    ['a signal', shell('kill -SEGV $$'), ['program-failed', '"sh" was ended by SIGSEGV']],
    [
      'it is not there',
      using({ run: ['no-such-program'], outputs: { seen: 'json' } }),
      ['program-missing', 'there is no program "no-such-program" on the PATH'],
    ],
    [
      'it is not among the files',
      using({ run: ['./tools/none.sh'], outputs: { seen: 'json' } }),
      ['program-missing', 'there is no program "./tools/none.sh" among the files of the stage'],
    ],
    [
      'it leaves nothing',
      shell('true'),
      ['wrong-output', 'output seen is not of kind json: value.json is missing'],
    ],
    [
      'it leaves what is no JSON',
      shell(`echo '{' > ${seen}`),
      [
        'wrong-output',
        expect.stringMatching(/^output seen is not of kind json: value\.json: /) as unknown as string,
      ],
    ],
    [
      'it leaves more than was declared',
      shell(`echo 1 > ${seen}; mkdir "$NASPIPE_OUTPUTS/other"`),
      ['wrong-outputs', 'the program left "other" among its outputs, which are seen'],
    ],
    [
      'it leaves a link',
      shell(`ln -s /etc/passwd ${seen}`),
      ['wrong-output', 'output seen: value.json is a link; only files and directories are kept'],
    ],
  ];
  test.each(cases)('%s', async (_, pipeline, expected) => {
    expect(await outcome(pipeline)).toEqual(expected);
  });
});

describe('a program ends with its attempt, with all that it started', () => {
  const slow = (mark: string) =>
    shell(`sleep ${mark} & sleep ${mark}; echo 1 > ${seen}`, { variables: { MARK: mark } });

  test('on a stop, which says that it will start from the beginning; and it does', async () => {
    const { handle, events } = await project.start({ pipeline: slow('3001.5') });
    await until(() => running('sleep 3001.5'));
    handle.stop();
    const result = await handle.finished;
    expect(statuses(result).program).toBe('stopped');
    expect(running('sleep 3001.5')).toBe(false);
    const notes = events.flatMap((event) => (event.event === 'stage-note' ? [event.sentence] : []));
    expect(notes).toEqual(['a program has no checkpoint: it will start from the beginning']);
    const again = await project.start({ pipeline: slow('3001.5') });
    await until(() => running('sleep 3001.5'));
    again.handle.kill();
    const started = again.events.find((e) => e.event === 'stage-started' && e.stage === 'program');
    expect(started).not.toHaveProperty('resumedFrom');
    expect(statuses(await again.handle.finished).program).toBe('failed');
    await until(() => !running('sleep 3001.5'));
  });

  test.each([
    ['its driver is killed', false],
    ['its driver and its attempt are killed', true],
  ])('when %s; the same run then does it from the beginning', async (_, both) => {
    const mark = both ? '3003.5' : '3004.5';
    const pipeline = slow(mark);
    const file = 'pipelines/killed.json';
    await project.write(file, pipelineText(pipeline));
    let fingerprint = '';
    await runDriver({ ...project, file }, async (event, driver) => {
      if (event.event !== 'stage-started' || event.stage !== 'program') return;
      fingerprint = event.fingerprint;
      await until(() => running(`sleep ${mark}`));
      process.kill(both ? -driver.pid! : driver.pid!, 'SIGKILL');
    });
    const store = await project.openStore();
    await until(() => !running(`sleep ${mark}`) && !isHeld(store.lockFile(fingerprint)));
    expect((await store.records.find(fingerprint)).record).toBeUndefined();
    const { handle, events } = await project.start({ pipeline, file });
    // both of them, so that its shell goes on
    await until(() => {
      spawnSync('pkill', ['-f', `^sleep ${mark}`]);
      return events.some(({ event }) => event === 'stage-finished');
    });
    expect(statuses(await handle.finished)).toEqual({ one: 'cached', program: 'ran' });
    const started = events.find(({ event }) => event === 'stage-started');
    expect(started).toMatchObject({ stage: 'program' });
    expect(started).not.toHaveProperty('resumedFrom');
  });

  test('when the process that watches over it is killed', async () => {
    const { handle } = await project.start({ pipeline: slow('3005.5') });
    await until(() => running('^sleep 3005.5'));
    spawnSync('pkill', ['-KILL', '-f', 'program-guard.js .*3005.5']);
    const { program } = (await handle.finished).stages;
    expect(program).toMatchObject({ status: 'failed', failure: { code: 'program-lost' } });
    await until(() => !running('^sleep 3005.5'));
  });

  test('when it ends itself and leaves something behind', async () => {
    expect(await outcome(shell(`sleep 3002.5 & echo 1 > ${seen}`))).toBe(1);
    await until(() => !running('sleep 3002.5'));
  });
});
