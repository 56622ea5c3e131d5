// @ts-nocheck a script of its own, without types
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadavg } from 'node:os';

/** Runs a command to its end; milliseconds. Throws when it fails. */
export function timed([command, ...words], { cwd, env = {}, timeout } = {}) {
  const started = process.hrtime.bigint();
  const ended = spawnSync(command, words, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout,
  });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (ended.error) throw ended.error;
  if (ended.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${ended.stderr.slice(-500)}`);
  return ms;
}

const TIME = '/usr/bin/time';

/** Peak memory of a command, MiB, of its largest process; nothing where GNU time is not there to say so. */
export function peakMemory(command, { cwd, env = {} } = {}) {
  if (!existsSync(TIME)) return undefined;
  const { stderr } = spawnSync(TIME, ['-f', 'peak %M', ...command], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  const [, kibibytes] = /peak (\d+)/.exec(stderr) ?? [];
  return kibibytes === undefined ? undefined : Number(kibibytes) / 1024;
}

/** The middle one of some numbers. */
export const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];

/** `median 51 ms, least 48 ms` */
export const told = (numbers) =>
  `median ${median(numbers).toFixed(0)} ms, least ${Math.min(...numbers).toFixed(0)} ms`;

/** What else the machine did: the load when a bench begins and ends. */
export const load = () => `load ${loadavg()[0].toFixed(1)}`;
