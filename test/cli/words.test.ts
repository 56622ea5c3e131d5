import * as os from 'node:os';
import { describe, expect, test } from 'vitest';
import { pipe } from './pipe.ts';

const here = os.tmpdir();

const COMMANDS =
  'run plan why accept show diff types doctor logs runs tag status watch export import check gc pin unpin rm fsck verify new'.split(
    ' ',
  );

describe('help', () => {
  test('names every command, the exit codes and an example', async () => {
    const { code, out, err } = await pipe(here, '--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const command of COMMANDS) {
      expect(out).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    expect(out).toContain(`Exit codes:
  0    done; diff: they are the same
  1    a failure; diff: they differ; check, fsck, verify, doctor: not well
  2    the pipeline, an option or a name is wrong; nothing was run
  3    stopped at a checkpoint; the same command goes on
  4    an error of naspipe itself
  130  killed by a second Ctrl-C; the same command goes on
`);
    expect(out).toContain('  $ npx pipe run pipelines/enas-mnas.json\n');
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test.each(COMMANDS.map((command) => (command === 'new' ? 'new stage' : command)))(
    'of %s has an example, --json, and fits 80 columns',
    async (command) => {
      const { code, out } = await pipe(here, ...command.split(' '), '--help');
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`Examples?:\n  \\$ npx pipe ${command}\\b`));
      expect(out).toContain('--json');
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    },
  );

  test('loads neither the engine nor the screen', async () => {
    // a broken import map entry would be noticed: the packages that only commands need must not be asked for
    const { spawnSync } = await import('node:child_process');
    const { repository } = await import('../engine/project.ts');
    const hook = `import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
export async function resolve(specifier, context, next) {
  if (/^(ajv|esbuild|listr2|graphology|jsonc-parser|fs-native-extensions)/.test(specifier)) {
    throw new Error('asked for ' + specifier);
  }
  return next(specifier, context);
}\`), import.meta.url);`;
    const { status, stderr } = spawnSync(
      process.execPath,
      [
        '--import',
        `data:text/javascript,${encodeURIComponent(hook)}`,
        `${repository}/dist/cli/main.js`,
        '--help',
      ],
      { encoding: 'utf8' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('a wrong word', () => {
  test.each([
    [['rnu'], "error: unknown command 'rnu'\n(Did you mean run?)\n"],
    [
      ['run', 'x.json', '--sed', '3'],
      "error: unknown option '--sed'\n(Did you mean one of --seed, --set?)\n",
    ],
    [
      ['run'],
      'no-pipeline: say which pipeline to run, or --plan and the file of a plan\n1 error; nothing was run.\n',
    ],
    [
      ['run', 'x.json', '--seed', '-1'],
      "error: option '--seed <n>' argument '-1' is invalid. Expected a whole number from 0 to 2^53 - 1.\n",
    ],
    [
      ['run', 'x.json', '--backend', 'gpu'],
      "error: option '--backend <name>' argument 'gpu' is invalid. Allowed choices are cpu, tf.\n",
    ],
    [['run', 'x.json', '--json', '--quiet'], "error: option '--quiet' cannot be used with option '--json'\n"],
    [['plan', 'x.json', '--jobs', '2'], "error: unknown option '--jobs'\n"],
  ])('%j', async (words, message) => {
    expect(await pipe(here, ...words)).toEqual({ code: 2, out: '', err: message });
  });
});
