/**
 * Part of `npm run test:sanitize`: the kernels of arm64, compiled by a cross-compiler and run by an emulator one job at a
 * time, give the bytes that are on record for NEON.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Arena } from '../../../src/cpu/arena.ts';
import { CpuModel } from '../../../src/cpu/model.ts';
import { type Job, Threads } from '../../../src/cpu/threads.ts';
import { derivedCases } from '../../contract/backend-derived-cases.ts';
import { layerCases } from '../../contract/backend-layer-cases.ts';
import { golden, history, layerHistory } from '../history.ts';

const COMPILER = 'aarch64-linux-gnu-g++';
const EMULATOR = 'qemu-aarch64';
/** Where threads keep their control words. */
const CONTROL = 1024;

function missing(): string | undefined {
  if (process.env.SANITIZE === undefined) return 'takes a minute: npm run test:sanitize';
  const lacking = [COMPILER, EMULATOR].filter((name) => spawnSync(name, ['--version']).error !== undefined);
  return lacking.length === 0
    ? undefined
    : `${lacking.join(' and ')} not installed (Debian: g++-aarch64-linux-gnu, qemu-user)`;
}

const why = missing();
const directory = mkdtempSync(path.join(tmpdir(), 'neon-'));
const program = path.join(directory, 'run-arena');
beforeAll(() => {
  if (why !== undefined) return;
  const flags = ['-std=c++17', '-O3', '-ffp-contract=off', '-fno-math-errno', '-fno-exceptions', '-fno-rtti'];
  const source = path.join(import.meta.dirname, 'run-arena.cpp');
  execFileSync(COMPILER, [...flags, '-static', '-w', source, '-o', program]);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true }));

/** Hands every job to the emulator. */
class Emulated extends Threads {
  override async run({ plan, ops, scratch, scratchBytes, counters, threads }: Job): Promise<void> {
    const end = scratch + threads * scratchBytes;
    const header = Int32Array.of(end, plan, ops, scratch, scratchBytes, CONTROL, counters, 0);
    const file = path.join(directory, 'arena');
    const arena = new Uint8Array(this.memory.buffer, 0, end);
    writeFileSync(file, Buffer.concat([Buffer.from(header.buffer), arena]));
    execFileSync(EMULATOR, [program, file]);
    arena.set(readFileSync(file).subarray(header.byteLength));
  }
}

function emulated() {
  const threads = new Emulated({ build: 'native', instructionSet: 'neon', lanes: 4, code: '' });
  const arena = new Arena(threads);
  return {
    build: async (
      ...[weights, optimiser]: Parameters<import('../../../src/net/backend.ts').Backend['build']>
    ) => new CpuModel(weights, optimiser, threads, arena, 1),
  };
}

test.for([
  ['a training step', () => history(emulated()), golden.digests],
  ['layers of all kinds', () => layerHistory(emulated(), layerCases), golden.layers],
  ['kernels made of larger ones', () => layerHistory(emulated(), derivedCases), golden.derived],
] as const)(
  'NEON, emulated: %s gives the bytes on record',
  { timeout: 300_000 },
  async ([, digest, recorded], { skip }) => {
    if (why !== undefined) return skip(why);
    expect(await digest()).toBe(recorded.neon);
  },
);
