import { spawn, spawnSync } from 'node:child_process';
import * as path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProject, pipelineText, repository, type TestProject } from '../engine/project.ts';
import { masked } from './pipe.ts';

/** util-linux's `script` gives a command a terminal of its own. */
const hasTerminal = (spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '').includes(
  'util-linux',
);

let project: TestProject;

beforeAll(async () => {
  project = await createProject({
    'pipelines/walk.json': pipelineText({
      name: 'stroll',
      seed: 1,
      stages: {
        begin: { type: 'constant' },
        walk: { type: 'walk', params: { steps: 40, pause: 40 }, inputs: { from: 'begin' } },
        after: { type: 'sum', inputs: { a: 'walk' } },
      },
    }),
  });
});

afterAll(() => project.remove());

/** `pipe` on a terminal of 80 × 24; what it wrote is in `text()`. */
function onTerminal(env: NodeJS.ProcessEnv, ...words: string[]) {
  const main = path.join(repository, 'dist', 'cli', 'main.js');
  const command = `stty cols 80 rows 24; exec node ${[main, ...words].join(' ')}`;
  const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: project.root,
    env: { ...rest, TERM: 'xterm', TZ: 'UTC', ...env },
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  return {
    child,
    text: () => out,
    ended: new Promise<number | null>((resolve) => child.on('close', resolve)),
    async saw(pattern: RegExp): Promise<void> {
      while (!pattern.test(stripVTControlCharacters(out))) {
        if (child.exitCode !== null) throw new Error(`it ended without ${pattern}:\n${out}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** Lines of everything that was ever on the screen, without colours. */
const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => stripVTControlCharacters(line))
    .map((line) => line.slice(line.lastIndexOf('\r') + 1));

describe.skipIf(!hasTerminal)('on a terminal (skipped where there is no script of util-linux)', () => {
  test('a line a stage, none wrapped; Ctrl-C stops at a checkpoint; the same command goes on', async () => {
    const first = onTerminal({ NO_COLOR: '1' }, 'run', 'pipelines/walk.json', '--checkpoint', '0');
    await first.saw(/walk {5}█+.* \d+ % {2}at -?\d/);
    expect(stripVTControlCharacters(first.text())).toContain(
      'Ctrl-C stops at a checkpoint; run the same command to go on.',
    );
    first.child.stdin.write('\u0003');
    expect(await first.ended).toBe(3);
    const lines = linesOf(first.text());
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(80);
    const last = masked(lines.slice(lines.findLastIndex((line) => line.includes('✔ begin'))).join('\n'))
      .replace(/step \d+/, 'step <n>')
      .replace(/ +<took>/g, ' <took>');
    expect(last).toMatchInlineSnapshot(`
      " ✔ begin    1 value <took>
       ■ walk     stopped at step <n> of 40 <took>
         after    not run

      Time <took> · 1 stage ran, 1 stopped, 1 not run
      Artifacts  artifacts/runs/latest/
      Go on      npx pipe run pipelines/walk.json --checkpoint 0
      "
    `);

    const second = onTerminal({}, 'run', 'pipelines/walk.json');
    expect(await second.ended).toBe(0);
    const text = stripVTControlCharacters(second.text());
    expect(text).toMatch(/ ↻ walk {5}resumed at \d+/);
    expect(text).toMatch(/ ✔ walk {5}resumed at \d+ +\d+\.?\d*s\r?\n/);
    expect(second.text()).toContain('\u001b[32m✔\u001b[39m');
  });

  test('many stages are counted, and only those that run or went wrong have a line', async () => {
    const stages = Object.fromEntries(
      Array.from({ length: 50 }, (_, i) => [`s${i}`, { type: 'constant', params: { value: 1 } }]),
    );
    const all = { ...stages, bad: { type: 'walk', params: { steps: 3, failAt: 1 }, inputs: { from: 's0' } } };
    await project.write('pipelines/many.json', pipelineText({ name: 'many', stages: all }));
    const running = onTerminal({ NO_COLOR: '1' }, 'run', 'pipelines/many.json', '--keep-going');
    expect(await running.ended).toBe(1);
    const lines = linesOf(running.text());
    const last = lines.slice(lines.findLastIndex((line) => line.includes('51 stages:')));
    expect(last[0]).toMatch(/^ {3}51 stages: (\d+ cached · )?(\d+ ran · )?1 failed$/);
    expect(last[1]).toMatch(/^ ✖ bad /);
    expect(last.filter((line) => /\bs\d+\b/.test(line))).toEqual([]);
  });

  test('NO_COLOR leaves colours out', async () => {
    const running = onTerminal({ NO_COLOR: '1' }, 'run', 'pipelines/walk.json');
    expect(await running.ended).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with a control character
    expect(running.text()).not.toMatch(/\u001b\[\d*m/);
  });
});

test.skipIf(!hasTerminal)(
  'on a terminal, a run with nothing to do leaves what a run that looks leaves',
  async () => {
    await project.write(
      'pipelines/still.json',
      pipelineText({ name: 'still', stages: { begin: { type: 'constant' } } }),
    );
    const shown = async () => {
      const run = onTerminal({}, 'run', 'pipelines/still.json');
      expect(await run.ended).toBe(0);
      return linesOf(run.text()).map((line) => line.trimEnd());
    };
    await shown();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const looked = await shown();
    const still = await shown();
    const lines = (all: readonly string[]) =>
      [...new Set(all.filter((line) => line !== ''))].map((line) => masked(line));
    expect(lines(still)).toEqual(lines(looked));
    expect(still.filter((line) => line.includes('begin'))).toEqual([expect.stringContaining('cached')]);
  },
);
