/**
 * `npm run test:sanitize`: the native kernels under the sanitizers of clang, on a training step of every case of the
 * contract: reads and writes outside of buffers, undefined behaviour, and threads that race.
 */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { Arena, settingAddresses } from '../../../src/cpu/arena.ts';
import { OP_WORDS } from '../../../src/cpu/plan/ops.ts';
import { runPlan } from '../../../src/cpu/runner.ts';
import { HEAP, type Job, Threads } from '../../../src/cpu/threads.ts';
import { cases } from '../../contract/backend-cases.ts';
import { type Build, builds } from '../builds.ts';
import { descentOf, guardedPlan } from '../guarded.ts';

const SENTINEL = 0x3f9a_5a5a;
const MOST_THREADS = 3;

const flags: Readonly<Record<string, readonly string[]>> = {
  baseline: [],
  avx2: ['-mavx2', '-mfma'],
  avx512: ['-mavx2', '-mfma', '-mavx512f', '-mavx512vl', '-mavx512bw', '-mavx512dq'],
};
interface Mode {
  readonly name: string;
  readonly build: Build;
  readonly options: readonly string[];
}

/** What each build is compiled with; threads are the same in all of them. */
function modesOf(build: Build): Mode[] {
  const mode = (name: string, ...options: string[]): Mode => ({
    name: `${build.name}, ${name}`,
    build,
    options,
  });
  return [
    mode('address and undefined', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'),
    mode('guard pages only', '-O3'),
    ...(build.name === 'baseline' ? [mode('thread', '-O1', '-fsanitize=thread')] : []),
  ];
}

/** Why nothing can be sanitized here. */
function missing(): string | undefined {
  if (process.platform !== 'linux') return 'written for Linux';
  if (process.env.SANITIZE === undefined) return 'takes a minute: npm run test:sanitize';
  const compiles = (...options: string[]): boolean => {
    try {
      const words = ['-x', 'c++', '-', '-o', '/dev/null', ...options];
      execFileSync('clang++', words, { input: 'int main() {}', stdio: ['pipe', 'ignore', 'ignore'] });
      return true;
    } catch {
      return false;
    }
  };
  if (!compiles()) return 'clang++ is not installed';
  return compiles('-fsanitize=address,undefined') && compiles('-fsanitize=thread')
    ? undefined
    : 'the sanitizers of clang are not installed (libclang-rt-dev)';
}

/** Gives no job to any thread, but keeps it. */
class Recorder extends Threads {
  job: Job | undefined;
  override async run(job: Job): Promise<void> {
    this.job = job;
  }
}

/** Writes a training step of each case as a file that run-plans.cpp reads. */
async function writePlans(directory: string, lanes: number): Promise<string[]> {
  const threads = new Recorder({ build: 'native', instructionSet: 'none', lanes, code: '' });
  const arena = new Arena(threads);
  const files: string[] = [];
  for (const [index, one] of cases.entries()) {
    const { plan, base, prepare, weights, release } = guardedPlan(
      arena,
      lanes,
      one,
      descentOf(index),
      SENTINEL,
    );
    await runPlan(threads, arena, plan, base, { threads: MOST_THREADS }, prepare);
    const { plan: words, ops, scratch, scratchBytes, counters } = threads.job!;
    const regions = [
      [counters, counters + ops * 4],
      [settingAddresses.base, settingAddresses.base + 64],
      [words, words + ops * OP_WORDS * 4],
      ...weights.map(({ at, count }) => [at, at + count * 4]),
      ...plan.buffers,
    ].map(([start, end]) => [start!, end!] as const);
    const end = scratch + MOST_THREADS * scratchBytes;
    const header = [HEAP, end, words, ops, scratch, scratchBytes, counters, regions.length];
    const file = path.join(directory, `${lanes}-${files.length}.plan`);
    const bytes = new Uint8Array(threads.memory.buffer, HEAP, end - HEAP);
    writeFileSync(
      file,
      Buffer.concat([Buffer.from(Int32Array.from([...header, ...regions.flat()]).buffer), bytes]),
    );
    files.push(file);
    release();
  }
  return files;
}

const directory = mkdtempSync(path.join(tmpdir(), 'sanitize-'));
afterAll(() => rmSync(directory, { recursive: true }));

const modes = (await builds()).filter(({ name }) => flags[name] !== undefined).flatMap(modesOf);

test.for(modes)('$name', { timeout: 300_000 }, async ({ name, build, options }: Mode, { skip }) => {
  const why = missing() ?? build.missing;
  if (why !== undefined) return skip(why);
  const program = path.join(directory, name.replaceAll(/\W+/g, '-'));
  const source = path.join(import.meta.dirname, 'run-plans.cpp');
  const strict = ['-std=c++17', '-g', '-ffp-contract=off', '-fno-math-errno', '-fno-rtti', '-pthread'];
  const run = promisify(execFile);
  await run('clang++', [...strict, ...options, ...flags[build.name]!, source, '-o', program]);
  const plans = await writePlans(directory, build.kernels!.lanes);
  const { stdout, stderr } = await run(program, plans).catch(
    (failed: { stdout: string; stderr: string }) => failed,
  );
  expect({ stdout, stderr }).toEqual({ stdout: `${plans.length} plans\n`, stderr: '' });
});
