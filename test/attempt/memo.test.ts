import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemo, type Memo, type MemoParts } from '../../src/attempt/memo.ts';
import type { Json } from '../../src/base/canonical.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openCpuBackend } from '../../src/cpu/index.ts';
import { encodingKey } from '../../src/nas/index.ts';
import type { Supernet, Trial } from '../../src/stage/artifacts.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { bytesOf, runStage, type Setup } from '../stages/harness.ts';
import { digests, space, supernet, train, trial, validation } from '../stages/tiny.ts';

let root: string;
let store: Store;
let notes: string[];
beforeEach(async () => {
  root = await fs.mkdtemp(path.join(os.tmpdir(), 'naspipe-memo-'));
  const opened = await openStore(root);
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  store = opened.value;
  notes = [];
});
afterEach(() => fs.rm(root, { recursive: true }));

const numerics = { backend: 'cpu/wasm', instructionSet: 'wasm-simd128', numericsVersion: 1 };
const memoOf = (over: Partial<MemoParts> = {}): Memo =>
  createMemo({
    cache: store.cache,
    code: 'c'.repeat(64),
    numerics,
    fresh: false,
    clock: systemClock,
    note: (sentence) => notes.push(sentence),
    ...over,
  });

/** Asks one memo, as an attempt of its own, and says whether it had to compute. */
async function ask(
  key: Json,
  value: Json,
  over: Partial<MemoParts> = {},
): Promise<[value: Json, computed: boolean]> {
  const memo = memoOf(over);
  let computed = false;
  const found = await memo.remember(key, async () => {
    computed = true;
    return value;
  });
  await memo.kept();
  return [found, computed];
}

/** Files of the memo. */
async function entries(): Promise<string[]> {
  const below = path.join(root, 'cache', 'memo');
  const names = await fs.readdir(below, { recursive: true });
  return names.filter((name) => name.endsWith('.json')).map((name) => path.join(below, name));
}

describe('a value', () => {
  test('is computed once for all attempts of a store, to the last bit', async () => {
    const value = { value: 0.1 + 0.2, images: 3 };
    expect(await ask({ b: 1, a: 2 }, value)).toEqual([value, true]);
    expect(await ask({ a: 2, b: 1 }, 'another')).toEqual([value, false]);
  });

  test('is another under another key, code or arithmetic', async () => {
    await ask('key', 1);
    expect(await ask('other key', 2)).toEqual([2, true]);
    expect(await ask('key', 3, { code: 'd'.repeat(64) })).toEqual([3, true]);
    expect(await ask('key', 4, { numerics: { ...numerics, instructionSet: 'avx512' } })).toEqual([4, true]);
    expect(await ask('key', 5, { numerics: undefined })).toEqual([5, true]);
    expect(await ask('key', 6)).toEqual([1, false]);
  });

  test('is not remembered where nothing says by which code', async () => {
    expect(await ask('key', 1, { code: undefined })).toEqual([1, true]);
    expect(await ask('key', 2, { code: undefined })).toEqual([2, true]);
    expect(memoOf({ code: undefined }).use()).toBeUndefined();
  });

  test('is computed again when everything shall be, and a difference is told', async () => {
    await ask('key', 1);
    expect(await ask('key', 1, { fresh: true })).toEqual([1, true]);
    expect(notes).toEqual([]);
    expect(await ask('key', 2, { fresh: true })).toEqual([2, true]);
    expect(notes).toEqual([
      expect.stringMatching(
        /^a remembered value differs from the one computed now, which takes its place: memo [0-9a-f]{12}$/,
      ),
    ]);
    expect(await ask('key', 3)).toEqual([2, false]);
  });
});

test('hits, misses and the time saved are counted', async () => {
  const slow = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return 1;
  };
  const first = memoOf();
  expect(first.use()).toBeUndefined();
  await first.remember('a', slow);
  await first.kept();
  expect(first.use()).toEqual({ hits: 0, misses: 1, savedMs: 0 });
  const second = memoOf();
  await second.remember('a', slow);
  await second.remember('b', slow);
  await second.kept();
  const use = second.use()!;
  expect(use).toMatchObject({ hits: 1, misses: 1 });
  expect(use.savedMs).toBeGreaterThan(15);
  expect(use.savedMs).toBeLessThan(5000);
});

describe('a damaged entry is a miss, and is replaced:', () => {
  const spoil: { readonly [how: string]: (file: string, text: string) => Promise<unknown> } = {
    'a flipped bit': (file, text) => fs.writeFile(file, text.replace('"value":1', '"value":3')),
    truncated: (file, text) => fs.writeFile(file, text.slice(0, text.length / 2)),
    empty: (file) => fs.writeFile(file, ''),
    'no JSON': (file) => fs.writeFile(file, '\u0000\u0001'),
    gone: (file) => fs.rm(file),
    'a directory': async (file) => {
      await fs.rm(file);
      await fs.mkdir(file);
    },
  };
  test.each(Object.keys(spoil))('%s', async (how) => {
    await ask('key', 1);
    const [file] = await entries();
    await spoil[how]!(file!, await fs.readFile(file!, 'utf8'));
    expect(await ask('key', 2)).toEqual([2, true]);
    if (how !== 'a directory') expect(await ask('key', 3)).toEqual([2, false]);
  });

  test('the entry of another key', async () => {
    await ask('key', 1);
    const [mine] = await entries();
    await ask('other', 2);
    const other = (await entries()).find((file) => file !== mine)!;
    await fs.copyFile(other, mine!);
    expect(await ask('key', 1)).toEqual([1, true]);
  });
});

describe('of searches', () => {
  const params = { limit: { quantity: 'macs', fraction: 0.6 }, recalibrationImages: 16 };
  const evolution = { strategy: { kind: 'aging-evolution', population: 4, tournament: 2 }, start: 2 };
  const inputs = {
    train,
    validation,
    space,
    supernet,
    trials: [trial(0, [0, 0, 0, 0, 0, 0, 0], 0.5, 7), trial(1, [0, 1, 0, 1, 0, 0, 1], 0.6, 7)],
  };
  const inputDigests = {
    ...digests,
    train: '1'.repeat(64),
    validation: '2'.repeat(64),
    supernet: '3'.repeat(64),
  };

  /** Runs evolution with a memo of its own, as another stage or run would. */
  async function evolve(setup: Partial<Setup> & { evaluations: number; mutations?: number }) {
    const backend = await openCpuBackend({ threads: 1 });
    const memo = memoOf();
    const { evaluations, mutations = 1, ...rest } = setup;
    try {
      const ended = await runStage('evolutionary-refinement', {
        params: { ...params, ...evolution, evaluations, mutations },
        inputs,
        inputDigests,
        backend,
        remember: memo.remember,
        ...rest,
      });
      await memo.kept();
      const { trials } = ended.outputs as { trials: Trial[] };
      return { bytes: bytesOf(ended.outputs), trials, use: memo.use()! };
    } finally {
      await backend.close();
    }
  }

  test('another search on the same weights evaluates only what is new, and gives the bytes that it gives without', async () => {
    const first = await evolve({ evaluations: 6 });
    expect(first.use.hits).toBe(0);
    const longer = await evolve({ evaluations: 8, mutations: 2 });
    expect(longer.use.hits).toBeGreaterThanOrEqual(2);
    expect(longer.use.hits + longer.use.misses).toBeLessThanOrEqual(8);
    const alone = await evolve({ evaluations: 8, mutations: 2, remember: (_, compute) => compute() });
    expect(longer.bytes).toEqual(alone.bytes);
    expect((await evolve({ evaluations: 6 })).use.misses).toBe(0);
  });

  test('the architectures that a controller was judged by are not evaluated again by evolution, whatever its seed', async () => {
    const backend = await openCpuBackend({ threads: 1 });
    const memo = memoOf();
    const { outputs } = await runStage('controller-search', {
      params: {
        batch: 8,
        steps: 2,
        validationBatch: 10,
        derive: 4,
        reward: 'accuracy',
        recalibrationImages: 16,
        target: params.limit,
      },
      inputs,
      inputDigests,
      backend,
      remember: memo.remember,
    });
    await memo.kept();
    await backend.close();
    const searched = outputs as { supernet: Supernet; trials: Trial[] };
    const derived = searched.trials.filter(({ phase }) => phase === 'derive');
    const { use, trials } = await evolve({
      evaluations: 6,
      seed: 11,
      inputs: { ...inputs, supernet: searched.supernet, trials: derived },
      inputDigests: { ...inputDigests, supernet: '5'.repeat(64) },
    });
    const again = trials.filter(({ phase }) => phase === 're-evaluated');
    expect(again.length).toBeGreaterThanOrEqual(1);
    expect(use.hits).toBeGreaterThanOrEqual(again.length);
    for (const { encoding, accuracy } of again) {
      const before = derived.find((one) => encodingKey(one.encoding) === encodingKey(encoding))!;
      expect(accuracy).toEqual(before.accuracy);
    }
  });

  test.each<[string, Partial<Setup>]>([
    ['weights', { inputs: { ...inputs, supernet: { ...supernet, weights: changed(supernet.weights) } } }],
    [
      'images to calibrate with',
      { params: { ...params, ...evolution, evaluations: 4, recalibrationImages: 15 } },
    ],
    ['validation split', { inputDigests: { ...inputDigests, validation: '4'.repeat(64) } }],
    ['train split', { inputDigests: { ...inputDigests, train: '4'.repeat(64) } }],
  ])('other %s share nothing', async (_, other) => {
    await evolve({ evaluations: 4 });
    expect((await evolve({ evaluations: 4, ...other })).use.hits).toBe(0);
  });

  /** The weights with the first value of the first tensor moved. */
  function changed(weights: typeof supernet.weights): typeof supernet.weights {
    const [[name, { shape, data }] = never()] = weights;
    const moved = data.slice();
    moved[0]! += 1;
    return new Map(weights).set(name, { shape, data: moved });
  }
});

function never(): never {
  throw new Error('no weights');
}
