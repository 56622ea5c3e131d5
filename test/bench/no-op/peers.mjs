// @ts-nocheck a script of its own, without types
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { nameOf, numbers, sourcesOf } from './graph.mjs';

/** `fillMs`: longest that a peer may take to do everything once. */
export const limits = { fillMs: 240_000 };

/** Where the peers from npm are installed, once. */
const installed = path.join(tmpdir(), 'naspipe-bench-peers');

const write = (directory, file, text) => {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
  writeFileSync(path.join(directory, file), typeof text === 'string' ? text : JSON.stringify(text));
};

const run = ([command, ...words], options) => {
  const ended = spawnSync(command, words, {
    encoding: 'utf8',
    timeout: limits.fillMs,
    maxBuffer: 1 << 30,
    ...options,
  });
  if (ended.error?.code === 'ETIMEDOUT') {
    throw new Error(`doing everything once took more than ${limits.fillMs / 1000} s`);
  }
  if (ended.error) throw new Error(`${command} is not installed`);
  if (ended.status !== 0) throw new Error(`${(ended.stdout + ended.stderr).trim().slice(-300)}`);
  return ended.stdout;
};

/** What every stage does: one line of its own and a part of what it was given. */
const command = (number, sources) =>
  `{ echo ${number}; head -qc8 ${sources.length > 0 ? sources.join(' ') : '/dev/null'}; } > `;

const outOf = (i) => `out/${nameOf(i)}`;

/** Installs all of them together: npm takes away what it was not asked for. */
function fromNpm() {
  const packages = ['turbo', 'nx', 'wireit'];
  if (packages.every((name) => existsSync(path.join(installed, 'node_modules', name)))) return;
  write(installed, 'package.json', { name: 'peers', private: true });
  run(['npm', 'install', '--silent', '--no-audit', '--no-fund', ...packages], { cwd: installed });
}

const versionOf = (command) => run(command).trim().split('\n')[0];

/** Each makes the graph in a directory and does everything once; `command` then has nothing to do. */
export const peers = {
  ninja: {
    version: () => versionOf(['ninja', '--version']),
    fill(directory, n) {
      const build = (i) => {
        const sources = sourcesOf(i).map(outOf);
        return `build ${outOf(i)}: mix ${sources.join(' ')}\n  command = ${command(i, sources)}${outOf(i)}`;
      };
      const rule = 'rule mix\n  command = $command';
      write(directory, 'build.ninja', `${[rule, ...numbers(n).map(build)].join('\n')}\n`);
      run(['ninja', '--quiet'], { cwd: directory });
    },
    command: () => ['ninja'],
  },
  make: {
    version: () => versionOf(['make', '--version']),
    fill(directory, n) {
      const rule = (i) => {
        const sources = sourcesOf(i).map(outOf);
        return `${outOf(i)}: ${sources.join(' ')}\n\t@${command(i, sources)}$@`;
      };
      const all = `all: ${numbers(n).map(outOf).join(' ')}`;
      write(directory, 'Makefile', `${[all, ...numbers(n).map(rule)].join('\n')}\n`);
      mkdirSync(path.join(directory, 'out'));
      run(['make', '--silent', '-j2'], { cwd: directory });
    },
    command: () => ['make', '--silent'],
  },
  snakemake: {
    version: () => versionOf(['snakemake', '--version']),
    // it does not run everything: files that are there, in order, are up to date to it
    fill(directory, n) {
      const sources = Object.fromEntries(numbers(n).map((i) => [nameOf(i), sourcesOf(i).map(outOf)]));
      write(directory, 'sources.json', sources);
      write(
        directory,
        'Snakefile',
        `import json
sources = json.load(open("sources.json"))
rule all:
    input: ["out/" + name for name in sources]
rule mix:
    input: lambda wildcards: sources[wildcards.name]
    output: "out/{name}"
    shell: "echo {wildcards.name} > {output}"
`,
      );
      for (const i of numbers(n)) write(directory, outOf(i), `${i}\n`);
    },
    command: () => ['snakemake', '--cores', '2', '--quiet', 'all'],
  },
  turbo: {
    version: () => {
      fromNpm();
      return versionOf([path.join(installed, 'node_modules/.bin/turbo'), '--version']);
    },
    fill(directory, n) {
      write(directory, 'package.json', {
        name: 'graph',
        private: true,
        packageManager: 'npm@10.0.0',
        workspaces: ['p/*'],
      });
      write(directory, 'turbo.json', { tasks: { build: { dependsOn: ['^build'], outputs: ['out'] } } });
      for (const i of numbers(n)) {
        const sources = sourcesOf(i).map(nameOf);
        write(directory, `p/${nameOf(i)}/package.json`, {
          name: nameOf(i),
          version: '1.0.0',
          scripts: {
            build: `${command(
              i,
              sources.map((each) => `../${each}/out`),
            )}out`,
          },
          dependencies: Object.fromEntries(sources.map((each) => [each, '*'])),
        });
      }
      // npm takes longer to start than everything else: while everything is done once, a shell does its part
      write(
        directory,
        'bin/npm',
        `#!/bin/sh\nexec sh -c "$(sed 's/.*"build":"\\([^"]*\\)".*/\\1/' package.json)"\n`,
      );
      chmodSync(path.join(directory, 'bin/npm'), 0o755);
      run(this.command(), { cwd: directory, env: { ...process.env, ...this.env(directory) } });
    },
    env: (directory) => ({ TURBO_TELEMETRY_DISABLED: '1', PATH: `${directory}/bin:${process.env.PATH}` }),
    command: () => [path.join(installed, 'node_modules/.bin/turbo'), 'run', 'build', '--output-logs=none'],
  },
  nx: {
    version: () => {
      fromNpm();
      return JSON.parse(run(['cat', path.join(installed, 'node_modules/nx/package.json')])).version;
    },
    fill(directory, n) {
      write(directory, 'package.json', { name: 'graph', private: true });
      write(directory, 'nx.json', { analytics: false, targetDefaults: {} });
      symlinkSync(path.join(installed, 'node_modules'), path.join(directory, 'node_modules'));
      for (const i of numbers(n)) {
        const sources = sourcesOf(i).map(nameOf);
        write(directory, `p/${nameOf(i)}/project.json`, {
          name: nameOf(i),
          implicitDependencies: sources,
          targets: {
            build: {
              executor: 'nx:run-commands',
              cache: true,
              dependsOn: ['^build'],
              outputs: ['{projectRoot}/out'],
              options: {
                cwd: `p/${nameOf(i)}`,
                command: `${command(
                  i,
                  sources.map((each) => `../${each}/out`),
                )}out`,
              },
            },
          },
        });
      }
      run(this.command(), { cwd: directory, env: { ...process.env, ...this.env() } });
    },
    env: () => ({ NX_DAEMON: 'false', CI: '1' }),
    command: () => [
      path.join(installed, 'node_modules/.bin/nx'),
      'run-many',
      '-t',
      'build',
      '--output-style=static',
    ],
  },
  wireit: {
    version: () => {
      fromNpm();
      return JSON.parse(run(['cat', path.join(installed, 'node_modules/wireit/package.json')])).version;
    },
    fill(directory, n) {
      const scripts = numbers(n).map((i) => [
        nameOf(i),
        {
          command: `${command(i, sourcesOf(i).map(outOf))}${outOf(i)}`,
          dependencies: sourcesOf(i).map(nameOf),
          files: [],
          output: [outOf(i)],
        },
      ]);
      const all = ['all', { dependencies: scripts.map(([name]) => name) }];
      write(directory, 'package.json', {
        name: 'graph',
        private: true,
        scripts: Object.fromEntries([...scripts, all].map(([name]) => [name, 'wireit'])),
        wireit: Object.fromEntries([...scripts, all]),
      });
      mkdirSync(path.join(directory, 'out'));
      symlinkSync(path.join(installed, 'node_modules'), path.join(directory, 'node_modules'));
      run(this.command(), { cwd: directory, env: { ...process.env, ...this.env() } });
    },
    env: () => ({ WIREIT_LOGGER: 'simple' }),
    command: () => ['npm', 'run', '--silent', 'all'],
  },
};
