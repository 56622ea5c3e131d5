import { mkdtemp } from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import type { FinishedRun } from '../../src/engine/index.ts';
import { type ArtifactKind, kinds } from '../../src/kinds/index.ts';
import { choicesOf, describeArchitecture } from '../../src/nas/index.ts';
import type { MobilenetSpace } from '../../src/schema/generated/artifacts/search-space.ts';
import type { Preimage } from '../../src/schema/generated/record.ts';
import type { StageResult } from '../../src/schema/generated/run-result.ts';
import type { Kind } from '../../src/stage/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { fingerprintOf } from '../../src/store/records.ts';
import * as samples from '../kinds/samples.ts';

const block = { output: 8, stride: 1, activation: 'relu' } as const;

/** Three blocks, the last of which may be left out. */
export const space: MobilenetSpace = {
  ...samples.space,
  blocks: [
    {
      ...block,
      id: 'b1',
      output: 16,
      kernel: [3, 5, 7],
      expansion: [3, 6],
      squeezeExcite: [false, true],
      identity: false,
    },
    {
      ...block,
      id: 'b2',
      stride: 2,
      kernel: [3, 5, 7],
      expansion: [3, 6],
      squeezeExcite: [false],
      identity: false,
    },
    { ...block, id: 'b3', kernel: [3, 5, 7], expansion: [3, 6], squeezeExcite: [false], identity: true },
  ],
};

/** b1: kernel, expansion, squeeze-excite; b2: kernel, expansion; b3: block, kernel, expansion. */
export const encodings = {
  small: [0, 0, 0, 0, 0, 1, 0, 0],
  large: [1, 1, 1, 0, 0, 0, 2, 1],
} as const;

/** Tuesday, 24 November 2026, 10:12 UTC. */
const START = Date.UTC(2026, 10, 24, 10, 12);

/** A stage of a recorded run: what its record and its result say. */
interface Made {
  readonly type: string;
  readonly params?: Preimage['params'];
  readonly seed?: number;
  readonly determinism?: 'exact' | 'measured';
  /** Port → `stage.port` of an earlier stage. */
  readonly inputs?: { readonly [port: string]: string };
  readonly outputs: { readonly [port: string]: { readonly kind: Kind; readonly value: unknown } };
  readonly summary?: { readonly [name: string]: string | number };
  readonly ms: number;
}

/** A store in a new temporary directory whose clock a test moves on. */
export async function temporaryStore(): Promise<{ store: Store; clock: { now: number } }> {
  const clock = { now: START };
  const root = await mkdtemp(path.join(os.tmpdir(), 'naspipe-report-'));
  const opened = await openStore(root, { clock: { now: () => clock.now, elapsed: () => clock.now } });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return { store: opened.value, clock };
}

/** Puts a run into a store as the engine would leave it. */
export async function recordRun(
  { store, clock }: { store: Store; clock: { now: number } },
  pipeline: string,
  stages: { readonly [id: string]: Made },
): Promise<FinishedRun> {
  const startedAt = clock.now;
  const run = await store.runs.create(pipeline, { name: pipeline });
  const results: Record<string, StageResult> = {};
  for (const [id, made] of Object.entries(stages)) {
    const inputs = Object.fromEntries(
      Object.entries(made.inputs ?? {}).map(([port, from]) => {
        const [stage = '', output = ''] = from.split('.');
        return [port, { from, digest: results[stage]!.outputs[output]!.digest }];
      }),
    );
    const preimage: Preimage = {
      schema: 1,
      stageType: made.type,
      version: 1,
      codeDigest: 'c'.repeat(64),
      params: made.params ?? {},
      ...(made.seed === undefined ? {} : { seed: made.seed }),
      inputs: Object.fromEntries(Object.entries(inputs).map(([port, { digest }]) => [port, digest])),
    };
    const fingerprint = fingerprintOf(preimage);
    const known = (await store.records.find(fingerprint)).record;
    const cached = known !== undefined && made.determinism !== 'measured';
    const outputs = Object.fromEntries(
      Object.entries(made.outputs).map(([port, { kind, value }]) => {
        const { save, version } = kinds[kind] as ArtifactKind<unknown>;
        return [port, { kind, kindVersion: version, tree: save(value) }];
      }),
    );
    const at = clock.now;
    if (!cached) clock.now += made.ms;
    const record =
      cached && known
        ? known
        : (
            await store.commit({
              fingerprint,
              preimage,
              outputs,
              stageType: made.type,
              determinism: made.determinism ?? 'exact',
              summary: made.summary ?? {},
              attempt: '261124-101200-a0',
              run: run.id,
              times: {
                startedAt: at,
                finishedAt: clock.now,
                attemptMs: made.ms,
                computeMs: made.ms,
                steps: 40,
              },
              lineage: {
                naspipe: '0.1.0',
                node: '20.20.2',
                os: 'Linux 6.1',
                arch: 'x64',
                host: 'laptop',
                cpu: 'Bench CPU',
                git: { commit: 'd'.repeat(40), dirty: true },
                packages: {},
                sources: {},
              },
            })
          ).record;
    results[id] = {
      type: made.type,
      status: cached ? 'cached' : 'ran',
      fingerprint,
      determinism: made.determinism ?? 'exact',
      outputs: Object.fromEntries(
        Object.entries(record.outputs).map(([port, of]) => [port, { kind: of!.kind, digest: of!.digest }]),
      ),
      inputs,
      elapsedMs: cached ? 0 : made.ms,
      ranMs: made.ms,
      summary: made.summary ?? {},
      reason: cached ? 'its outputs are in the store' : 'it has not run before',
    };
    const digests = Object.entries(record.outputs).map(([port, output]) => [port, output!.digest]);
    await run.linkStages(new Map([[id, Object.fromEntries(digests)]]));
  }
  const result: FinishedRun = {
    v: 1,
    run: run.id,
    pipeline,
    seed: 7,
    status: 'ok',
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(clock.now).toISOString(),
    elapsedMs: clock.now - startedAt,
    backend: 'cpu (wasm, wasm-simd128, 2 threads)',
    stages: results,
  };
  await run.writeResults(result as never);
  return result;
}

/** A search whose reward, architecture and figures a test may choose. */
export async function searchRun(
  target: { store: Store; clock: { now: number } },
  {
    reward = 'mnas-soft',
    encoding = encodings.small,
    correct = 3,
    median = 1.25,
  }: {
    readonly reward?: string;
    readonly encoding?: readonly number[];
    /** Of four test images, 2…4. */
    readonly correct?: number;
    readonly median?: number;
  } = {},
): Promise<FinishedRun> {
  const tree = kinds['search-space'].save(space);
  const digest = (await target.store.objects.put('search-space', kinds['search-space'].version, tree)).digest;
  const evaluation = {
    ...samples.evaluation,
    metrics: {
      ...samples.evaluation.metrics,
      costs: { params: 34_600, macs: 1_700_000 },
      accuracy: { ...samples.evaluation.metrics.accuracy, value: correct / 4 },
      confusion: [[correct - 2, 4 - correct, 0], ...samples.evaluation.metrics.confusion.slice(1)],
    },
    // of the two images of the first class as many are called right
    probabilities: Float32Array.of(
      ...[3, 4].flatMap((least) => (correct >= least ? [0.5, 0.25, 0.25] : [0.25, 0.5, 0.25])),
      ...samples.evaluation.probabilities.subarray(6),
    ),
  };
  const architecture = {
    ...samples.architecture,
    space: digest,
    encoding: [...encoding],
    description: describeArchitecture(space, encoding),
    choices: choicesOf(space, encoding),
  };
  return recordRun(target, 'toy-search', {
    space: {
      type: 'search-space',
      params: { width: 0.125 as never },
      outputs: { space: { kind: 'search-space', value: space } },
      summary: { space: 'mobilenet-v3 ×0.125' },
      ms: 120,
    },
    search: {
      type: 'controller-search',
      params: { reward: reward as never, steps: 40 as never },
      seed: 7,
      inputs: { space: 'space.space' },
      outputs: {
        trials: { kind: 'trials', value: samples.trials },
        architecture: { kind: 'architecture', value: architecture },
      },
      summary: { reward: 0.742 },
      ms: 62_000,
    },
    evaluate: {
      type: 'evaluate',
      inputs: { architecture: 'search.architecture' },
      outputs: { evaluation: { kind: 'evaluation', value: evaluation } },
      summary: { accuracy: correct / 4 },
      ms: 2_000,
    },
    measure: {
      type: 'measure-latency',
      determinism: 'measured',
      inputs: { architecture: 'search.architecture' },
      outputs: {
        latency: {
          kind: 'latency-measurement',
          value: { ...samples.latencyMeasurement, median, p10: median - 0.125, p90: median + 0.25 },
        },
      },
      summary: { ms: median },
      ms: 3_000,
    },
  });
}
