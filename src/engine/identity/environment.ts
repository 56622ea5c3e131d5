import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { fail, ok, type Result } from '../../base/result.ts';
import type { Probe } from '../../schema/generated/probe.ts';
import { ownRoot } from '../../stage/package.ts';

/** What the user says about where and how attempts run. */
export interface EnvironmentWish {
  /** `--backend`; absent: the best that works. */
  readonly backend?: 'cpu' | 'tf';
  /** Threads of the backend; absent: as many as the machine has. Never changes results. */
  readonly threads?: number;
  /** `--device`: what to call this machine in latency tables; absent: its CPU model. */
  readonly device?: string;
}

/** Where a user may find out what is wrong with the backends. */
const remedy = 'npx pipe doctor says what was found and how to mend it';

/**
 * Asks a child process which backends work here, and which attempts would take. `quick`: without timing them.
 * Fails with `probe-failed` when the child does not answer.
 */
export async function probeBackends(wish: EnvironmentWish, quick = true): Promise<Result<Probe>> {
  const entry = path.join(ownRoot, 'dist', 'attempt', 'main.js');
  const args = [entry, '--probe', ...(quick ? ['--quick'] : [])];
  if (wish.backend !== undefined) args.push('--backend', wish.backend);
  if (wish.threads !== undefined) args.push('--threads', String(wish.threads));
  let probe: Probe;
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      maxBuffer: 1 << 24,
      timeout: 120_000,
    });
    probe = JSON.parse(stdout) as Probe;
  } catch (error) {
    const [line] = (error as Error).message.split('\n');
    return fail({ code: 'probe-failed', message: `the backends could not be tried: ${line}` });
  }
  return ok(labelled(probe, wish));
}

/** A probe with the device called as the user says. */
export const labelled = (probe: Probe, { device: label }: EnvironmentWish): Probe =>
  probe.device && label !== undefined ? { ...probe, device: { ...probe.device, name: label } } : probe;

/** The runtime that is what trains. */
export const BACKEND = 'backend';

/** What the params of a stage say of the device that it measures. */
export interface DeviceWish {
  /** `backend` or absent: what trains; else a runtime by name. */
  readonly runtime?: string;
  readonly threads?: number;
}

/**
 * The device of a probe, as a stage measures it. Fails with `no-backend` when no backend works, with `no-runtime` when
 * the one that it asks for does not.
 */
export function deviceOf(
  probe: Result<Probe>,
  { runtime = BACKEND, threads }: DeviceWish = {},
): Result<NonNullable<Probe['device']>> {
  if (!probe.ok) return probe;
  const { device, runtimes } = probe.value;
  if (device !== undefined) {
    const wished = { ...device, ...(threads !== undefined && { threads }) };
    if (runtime === BACKEND) return ok(wished);
    const found = runtimes.find(({ name }) => name === runtime);
    if (found?.info !== undefined) {
      const { name, build, instructionSet } = found.info;
      return ok({ ...wished, backend: `${name}/${build}`, instructionSet });
    }
    const why = found?.why ?? `naspipe knows no runtime "${runtime}"`;
    return fail({ code: 'no-runtime', message: `latencies cannot be measured on ${runtime}: ${why}` });
  }
  const why = probe.value.backends.map(({ name, why }) => `${name}: ${why ?? 'not asked for'}`).join('; ');
  return fail({ code: 'no-backend', message: `no backend works here (${why}); ${remedy}` });
}

/** A backend in a few words: `cpu (wasm, wasm-simd128, 2 threads)`. */
export const backendWords = ({
  name,
  build,
  instructionSet,
  threads,
}: NonNullable<Probe['chosen']>): string =>
  `${name} (${build}, ${instructionSet}, ${threads} thread${threads === 1 ? '' : 's'})`;
