import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { fingerprint, temporaryStore } from './fixture.ts';

const save = (store: Store, step: number, instructionSet = 'wasm-simd128') =>
  store.checkpoints.save({
    fingerprint,
    attempt: 'a',
    step,
    total: 9,
    computeMs: 12,
    numerics: { backend: 'cpu/wasm', instructionSet, numericsVersion: 1 },
    state: { step, nested: { b: [1, 2.5], a: null } },
    tensors: new Uint8Array([step, 2, 3]),
  });

const place = (store: Store, seq: number, name: string) =>
  path.join(store.root, 'attempts', fingerprint, 'checkpoints', `${seq}`, name);

test('two are kept and the newest is loaded', async () => {
  const store = await temporaryStore();
  for (const step of [1, 2, 3]) await save(store, step);
  const { checkpoint, passedOver } = await store.checkpoints.load(fingerprint);
  expect(checkpoint).toMatchObject({
    manifest: { seq: 3, step: 3, total: 9, attempt: 'a', computeMs: 12 },
    state: { step: 3, nested: { a: null, b: [1, 2.5] } },
  });
  expect([...checkpoint!.tensors]).toEqual([3, 2, 3]);
  expect(passedOver).toEqual([]);
  expect((await store.checkpoints.newest(fingerprint))!.step).toBe(3);
  await expect(readFile(place(store, 1, 'state.json'))).rejects.toThrow('ENOENT');
  expect(await readFile(place(store, 3, 'state.json'), 'utf8')).toBe(
    '{"nested":{"a":null,"b":[1,2.5]},"step":3}',
  );
});

test('without any, there is none', async () => {
  const store = await temporaryStore();
  expect(await store.checkpoints.load(fingerprint)).toEqual({ passedOver: [] });
  expect(await store.checkpoints.newest(fingerprint)).toBeUndefined();
});

test.each([
  [
    'a flipped bit in the tensors',
    (store: Store) => writeFile(place(store, 3, 'tensors.safetensors'), 'x2y'),
  ],
  ['cut tensors', (store: Store) => truncate(place(store, 3, 'tensors.safetensors'), 1)],
  ['no tensors', (store: Store) => rm(place(store, 3, 'tensors.safetensors'))],
  ['another state', (store: Store) => writeFile(place(store, 3, 'state.json'), '{"step":4}')],
  ['no manifest', (store: Store) => rm(place(store, 3, 'checkpoint.json'))],
  ['a torn manifest', (store: Store) => truncate(place(store, 3, 'checkpoint.json'), 40)],
  [
    'an edited manifest',
    async (store: Store) => {
      const file = place(store, 3, 'checkpoint.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('"step": 3', '"step": 4'));
    },
  ],
])('%s: the one before is loaded', async (_, harm) => {
  const store = await temporaryStore();
  for (const step of [1, 2, 3]) await save(store, step);
  await harm(store);
  const { checkpoint, passedOver } = await store.checkpoints.load(fingerprint);
  expect(checkpoint!.state).toMatchObject({ step: 2 });
  expect(passedOver).toEqual([{ seq: 3, why: 'it is torn or damaged' }]);
  await save(store, 4);
  expect((await store.checkpoints.load(fingerprint)).checkpoint!.manifest).toMatchObject({ seq: 3, step: 4 });
});

test('one that is refused is passed over with the reason', async () => {
  const store = await temporaryStore();
  await save(store, 1, 'avx2');
  await save(store, 2);
  const { checkpoint, passedOver } = await store.checkpoints.load(fingerprint, ({ numerics }) =>
    numerics!.instructionSet === 'avx2' ? undefined : 'other instructions',
  );
  expect(checkpoint!.state).toMatchObject({ step: 1 });
  expect(passedOver).toEqual([{ seq: 2, why: 'other instructions' }]);
});
