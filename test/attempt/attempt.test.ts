import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { temporaryStore } from '../store/fixture.ts';
import { attemptOnce, COUNT, countDraft, DOUBLE, draftOf, end, start } from './fixture.ts';

const failing = async (bundle: string, over = {}) => {
  const store = await temporaryStore();
  const draft = draftOf('broken', over);
  const { outcome } = await attemptOnce(store, draft, bundle);
  expect(await store.records.find(draft.fingerprint)).toEqual({ damage: [] });
  return outcome;
};

test('a stage that returns is committed: record, object, journal, log', async () => {
  const store = await temporaryStore();
  const draft = draftOf('double', { params: { value: 21 } });
  const { outcome, entries } = await attemptOnce(store, draft, DOUBLE);
  expect(outcome.status).toBe('committed');
  expect(entries.map(({ event }) => event.type)).toEqual(['attempt-started', 'attempt-committed']);
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2]);

  const { record } = await store.records.find(draft.fingerprint);
  expect(record).toMatchObject({ n: 1, reason: 'first', stageType: 'double', preimage: draft.preimage });
  const opened = await store.objects.open(record!.outputs.out!.digest);
  expect(opened.ok && opened.value.kind).toBe('json');
});

test('a rerun with equal outputs is a repeat and shares the object', async () => {
  const store = await temporaryStore();
  const draft = draftOf('double', { params: { value: 21 } });
  await attemptOnce(store, draft, DOUBLE);
  await attemptOnce(store, draft, DOUBLE);
  expect((await store.records.find(draft.fingerprint)).record).toMatchObject({ n: 2, reason: 'repeat' });
  expect(await store.objects.list()).toHaveLength(1);
});

test('other outputs for one fingerprint are a recorded divergence when the stage is exact, a measurement when not', async () => {
  const store = await temporaryStore();
  const other = `export default { async run() { return { out: 'other' }; } };`;
  const draft = draftOf('double', { params: { value: 21 } });
  await attemptOnce(store, draft, DOUBLE);
  const { outcome } = await attemptOnce(store, draft, other);
  expect(outcome).toMatchObject({ status: 'committed', event: { reason: 'divergence', divergesFrom: 1 } });
  expect((await store.records.list(draft.fingerprint)).records).toHaveLength(2);

  const measured = { ...draft, determinism: 'measured' as const };
  const again = await attemptOnce(store, measured, DOUBLE);
  expect(again.outcome).toMatchObject({ status: 'committed', event: { record: 3, reason: 'measurement' } });
});

test('what a stage prints is in its log', async () => {
  const store = await temporaryStore();
  const running = await start(store, countDraft(2), COUNT);
  await end(running);
  expect(await readFile(running.attempt.log, 'utf8')).toBe('step 1\nstep 2\n');
});

test('inputs are loaded through their kinds', async () => {
  const store = await temporaryStore();
  await attemptOnce(store, draftOf('double', { params: { value: 21 } }), DOUBLE);
  const [digest] = await store.objects.list();
  const draft = draftOf('succ', { inputs: { value: { kind: 'json', digest: digest! } } });
  const bundle = `export default { async run({ inputs, inputDigests }) {
    return { out: { next: inputs.value + 1, from: inputDigests.value } }; } };`;
  const { outcome } = await attemptOnce(store, draft, bundle);
  const committed = outcome.status === 'committed' ? outcome.event.outputs.out!.digest : '';
  const opened = await store.objects.open(committed);
  const [bytes] = opened.ok ? [...opened.value.tree.values()] : [];
  expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual({ next: 43, from: digest });
});

test('a missing input fails by name', async () => {
  const digest = 'ab'.repeat(32);
  const outcome = await failing(DOUBLE, { inputs: { value: { kind: 'json', digest } } });
  expect(outcome).toEqual({
    status: 'failed',
    code: 'input-missing',
    message: 'input value: artifact abababababab is not in the store; run again to make it anew',
  });
});

test.each([
  ['throws', `throw new TypeError('no such thing')`, 'stage-threw', 'TypeError: no such thing'],
  ['throws no error', `throw 'words'`, 'stage-threw', 'it threw words'],
  [
    'fails in its own words',
    `throw Object.assign(new Error('too small'), { stageFailure: true, code: 'infeasible-target' })`,
    'infeasible-target',
    'too small',
  ],
  ['returns nothing', 'return undefined', 'wrong-outputs', 'the stage must return an object of ports (out)'],
  [
    'returns another port',
    'return { result: 1 }',
    'wrong-outputs',
    'its schema declares no output "result"; it returned nothing for output "out"',
  ],
  [
    'exits',
    'process.exit(0)',
    'stage-exited',
    'the stage ended the process with exit code 0; a stage must return or throw',
  ],
  [
    'waits for ever',
    'await new Promise(() => {})',
    'stage-never-ended',
    'the stage awaits something that can never happen: nothing was left to wait for',
  ],
  [
    'lets a promise reject',
    `Promise.reject(new Error('astray')); await new Promise((done) => setTimeout(done, 50)); return { out: 1 }`,
    'stage-threw',
    'Error: astray',
  ],
  [
    'uses randomness undeclared',
    'return { out: context.rng.bits() }',
    'undeclared-need',
    'the stage uses randomness, but its schema does not declare "random": true',
  ],
  [
    'uses a backend undeclared',
    'await context.backend()',
    'undeclared-need',
    'the stage uses a backend, but its schema does not declare "needs.backend": true',
  ],
])('a stage that %s fails clearly', async (_, body, code, message) => {
  const outcome = await failing(`export default { async run(context) { ${body} } };`);
  expect(outcome).toMatchObject({ status: 'failed', code, message });
});

test('code that cannot be loaded fails clearly', async () => {
  expect(await failing('export default {')).toMatchObject({ status: 'failed', code: 'bundle-broken' });
  expect(await failing('export const run = 1;')).toMatchObject({
    status: 'failed',
    code: 'bundle-broken',
    message: "the default export of the stage's module is no stage: write export default defineStage(…)",
  });
});

test('a value that is not of its kind fails clearly', async () => {
  const outcome = await failing(`export default { async run() { return { out: () => 1 }; } };`);
  expect(outcome).toMatchObject({ status: 'failed', code: 'wrong-output' });
});
