import { readFile, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import type { Preimage } from '../../src/schema/generated/record.ts';
import { fingerprintOf } from '../../src/store/index.ts';
import { commitOf, fingerprint, temporaryStore, tree } from './fixture.ts';

test('a fingerprint is a known answer and does not depend on the order of keys', () => {
  expect(fingerprint).toBe('8734ad58d14bb4558e51efc257e195c5380c54efb72528a6b07a68488d61e20a');
  const shuffled: Preimage = {
    inputs: {},
    params: { epochs: 3 },
    codeDigest: 'c0'.repeat(32),
    version: 1,
    stageType: 'train',
    schema: 1,
  };
  expect(fingerprintOf(shuffled)).toBe(fingerprint);
  expect(fingerprintOf({ ...shuffled, seed: 0 })).not.toBe(fingerprint);
});

test('swapped roles of inputs are another fingerprint', () => {
  const of = (teacher: string, student: string) =>
    fingerprintOf({
      schema: 1,
      stageType: 'distil',
      version: 1,
      codeDigest: 'c0'.repeat(32),
      params: {},
      inputs: { teacher, student },
    });
  const [a, b] = ['a1'.repeat(32), 'b2'.repeat(32)];
  expect(of(a, b)).not.toBe(of(b, a));
});

test('the first record, a repeat, a divergence, and the highest valid one', async () => {
  const store = await temporaryStore();
  expect((await store.commit(commitOf('x'))).record).toMatchObject({ n: 1, reason: 'first' });
  expect((await store.commit(commitOf('x'))).record).toMatchObject({ n: 2, reason: 'repeat' });
  const { record } = await store.commit(commitOf('y'));
  expect(record).toMatchObject({ n: 3, reason: 'divergence', divergesFrom: 2 });
  expect((await store.records.find(fingerprint)).record).toEqual(record);
  expect((await store.records.list(fingerprint)).records.map(({ n }) => n)).toEqual([1, 2, 3]);
  expect(await store.records.fingerprints()).toEqual([fingerprint]);
});

test('a repeated measurement supersedes; other outputs within a tolerance are no divergence', async () => {
  const measured = await temporaryStore();
  await measured.commit(commitOf('x', { determinism: 'measured' }));
  const again = await measured.commit(commitOf('y', { determinism: 'measured' }));
  expect(again.record).toMatchObject({ n: 2, reason: 'measurement' });
  expect((await measured.records.find(fingerprint)).record!.n).toBe(2);

  const tolerant = await temporaryStore();
  await tolerant.commit(commitOf('x', { determinism: 'tolerance' }));
  const { record } = await tolerant.commit(commitOf('y', { determinism: 'tolerance' }));
  expect(record.reason).toBe('repeat');
});

test('a record whose artifact is lost is no hit; committing again repairs it', async () => {
  const store = await temporaryStore();
  const { record } = await store.commit(commitOf('x'));
  await rm(store.objects.directory(record.outputs.model!.digest), { recursive: true });
  expect(await store.records.find(fingerprint)).toEqual({ damage: [] });
  expect((await store.commit(commitOf('x'))).record).toMatchObject({ n: 2, reason: 'repair' });
});

test('when the newest record lost its artifact, the one before serves', async () => {
  const store = await temporaryStore();
  await store.commit(commitOf('x', { determinism: 'measured' }));
  const { record } = await store.commit(commitOf('y', { determinism: 'measured' }));
  await rm(store.objects.directory(record.outputs.model!.digest), { recursive: true });
  expect((await store.records.find(fingerprint)).record!.n).toBe(1);
});

test('every flipped bit of a record is found, and the record moved aside', async () => {
  const store = await temporaryStore();
  const { record } = await store.commit(commitOf('x'));
  const file = path.join(store.root, 'records', fingerprint, '1.json');
  const whole = await readFile(file);
  const white = new Set([0x20, 0x0a, 0x09, 0x0d]);
  for (let at = 0; at < whole.length; at += 7) {
    const bytes = Buffer.from(whole);
    bytes[at]! ^= 1;
    if (white.has(bytes[at]!) && white.has(whole[at]!)) continue;
    await writeFile(file, bytes);
    const found = await store.records.find(fingerprint);
    expect(found.record, `bit at ${at}`).toBeUndefined();
    expect(found.damage).toMatchObject([{ what: `record ${fingerprint.slice(0, 12)}/1` }]);
  }
  await writeFile(file, whole);
  expect((await store.records.find(fingerprint)).record).toEqual(record);
});

test('writers at once get numbers of their own', async () => {
  const store = await temporaryStore();
  await store.objects.put('model', 1, tree('x'));
  const all = await Promise.all(Array.from({ length: 6 }, () => store.commit(commitOf('x'))));
  expect(all.map(({ record }) => record.n).sort()).toEqual([1, 2, 3, 4, 5, 6]);
});
