import * as path from 'node:path';
import { canonicalJson, type Json } from '../../src/base/canonical.ts';
import { digestBytes } from '../../src/base/digest.ts';
import { nodeFiles, readText } from '../../src/base/files.ts';
import { createRng } from '../../src/base/rng.ts';
import type { Backend } from '../../src/net/backend.ts';
import { compileSchema, type Schema } from '../../src/schema/check.ts';
import type { CheckpointState, Progress, StageContext, StageModule } from '../../src/stage/contract.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** The schema of a shipped stage type. */
export const stageSchema = async (type: string): Promise<Schema> =>
  JSON.parse(await readText(nodeFiles, path.join(root, `schemas/stages/${type}.schema.json`))) as Schema;

/** What a test gives a stage: params without their defaults, loaded inputs, the backend to run on. */
export interface Setup {
  readonly params: Json;
  readonly inputs: { readonly [port: string]: unknown };
  readonly inputDigests?: { readonly [port: string]: string };
  readonly backend?: Backend;
  readonly seed?: number;
  readonly device?: StageContext['device'];
  /** Files that the params name, by path. */
  readonly files?: { readonly [path: string]: string };
  /** Default: nothing is remembered. */
  readonly remember?: StageContext['remember'];
}

/** How a run in a test ended: with outputs, or at the checkpoint that it was stopped at. */
export interface Ended {
  readonly outputs?: { readonly [port: string]: unknown };
  readonly checkpoint?: CheckpointState;
  readonly ticks: readonly Progress[];
  readonly summary: { readonly [fact: string]: string | number };
  /** Params that the stage looked at. */
  readonly read: ReadonlySet<string>;
}

export interface RunStage {
  readonly stopAt?: number;
  readonly resume?: CheckpointState;
  readonly onCheckpoint?: (checkpoint: CheckpointState) => void;
}

class Stopped extends Error {}

/**
 * Runs a stage in this process the way an attempt does: its params checked and defaulted by its schema, its random
 * streams keyed by seed and type. With `stopAt`, its so many-th tick takes a checkpoint and ends it; with `onCheckpoint`,
 * every tick takes one.
 */
export async function runStage(
  type: string,
  setup: Setup,
  { stopAt, resume, onCheckpoint }: RunStage = {},
): Promise<Ended> {
  const module = (await import(path.join(root, `stages/${type}/stage.ts`))) as { default: StageModule };
  const compiled = compileSchema(await stageSchema(type));
  if (!compiled.ok) throw new Error(compiled.failures[0]!.message);
  const defaulted = structuredClone(setup.params);
  compiled.value.full()(defaulted);
  const read = new Set<string>();
  const params = new Proxy(defaulted as object, {
    get(target, name) {
      read.add(String(name));
      return Reflect.get(target, name) as unknown;
    },
  });
  const ticks: Progress[] = [];
  let summary: Ended['summary'] = {};
  let checkpoint: CheckpointState | undefined;
  let clock = 0;
  const context: StageContext = {
    params,
    inputs: setup.inputs,
    inputDigests: setup.inputDigests ?? {},
    files: {
      async read(file) {
        const text = setup.files?.[file];
        return text === undefined ? undefined : new TextEncoder().encode(text);
      },
      dataset: async () => undefined,
    },
    rng: createRng(setup.seed ?? 1).fork(type),
    backend: async () => {
      if (setup.backend === undefined) throw new Error('internal error: expected a backend, got none');
      return setup.backend;
    },
    timer: async () => {
      if (setup.backend === undefined) throw new Error('internal error: expected a timer, got none');
      return setup.backend;
    },
    ...(setup.device ? { device: setup.device } : {}),
    ...(resume ? { resume: stored(resume) } : {}),
    async tick(progress, snapshot) {
      ticks.push(progress);
      onCheckpoint?.(stored(await snapshot()));
      if (ticks.length !== stopAt) return;
      checkpoint = await snapshot();
      throw new Stopped();
    },
    remember: setup.remember ?? ((_, compute) => compute()),
    note() {},
    summary(facts) {
      summary = facts;
    },
    program: () => Promise.reject(new Error('no program runs here')),
    stopwatch: () => clock++,
  };
  try {
    const outputs = (await module.default.run(context)) as { readonly [port: string]: unknown };
    return { outputs, ticks, summary, read };
  } catch (error) {
    if (error instanceof Stopped) return { checkpoint: checkpoint!, ticks, summary, read };
    throw error;
  }
}

/** The failure that a stage ends with, by code and message; throws when it ends otherwise. */
export async function failureOf(type: string, setup: Setup): Promise<{ code: string; message: string }> {
  try {
    await runStage(type, setup);
  } catch (error) {
    const { stageFailure, code, message } = error as { stageFailure?: true; code: string; message: string };
    if (stageFailure) return { code, message };
    throw error;
  }
  throw new Error(`expected ${type} to fail, but it ended well`);
}

/** A checkpoint as it comes back from disk: its state through canonical JSON, its tensors as fresh copies. */
const stored = ({ state, tensors }: CheckpointState): CheckpointState => ({
  state: JSON.parse(canonicalJson(state)) as Json,
  tensors: new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape: [...shape], data: data.slice() }]),
  ),
});

/**
 * A value with every typed array replaced by the digest of its bytes and every map by its sorted entries: equal
 * results are those of equal bytes.
 */
export function bytesOf(value: unknown): Json {
  if (ArrayBuffer.isView(value)) {
    return digestBytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [String(key), bytesOf(item)]));
  }
  if (Array.isArray(value)) return value.map(bytesOf);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(entries.map(([key, item]) => [key, bytesOf(item)]));
  }
  return value as Json;
}

/** Stops a stage at its so many-th tick, resumes it from the checkpoint, and gives both ends. */
export async function interrupted(type: string, setup: Setup, stopAt: number): Promise<Ended> {
  const { checkpoint } = await runStage(type, setup, { stopAt });
  if (checkpoint === undefined) throw new Error(`the stage ended before tick ${stopAt}`);
  return runStage(type, setup, { resume: checkpoint });
}
