import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FsckReport, openStore, type Store } from '../../src/store/index.ts';
import { filesBelow } from '../store/fixture.ts';
import { createProject, statuses, type TestProject } from './project.ts';

/** A stage type whose values are remembered. */
const squares = {
  'schemas/stages/squares.schema.json': JSON.stringify({
    description: 'Adds up squares, each of which is remembered.',
    type: 'object',
    additionalProperties: false,
    properties: { to: { type: 'integer', description: 'Last.', default: 2 } },
    'x-stage': { outputs: { sum: { kind: 'json', description: 'The sum.' } } },
  }),
  'stages/squares/stage.ts': `
export default {
  async run({ params, remember }) {
    let sum = 0;
    for (let i = 0; i <= params.to; i++) sum += await remember({ square: i }, async () => i * i);
    return { sum };
  },
};`,
};

const pipeline = {
  name: 'all-parts',
  seed: 3,
  stages: {
    first: { type: 'constant', params: { value: 1 } },
    walk: { type: 'walk', params: { steps: 4 }, inputs: { from: 'first' } },
    squares: { type: 'squares' },
    total: { type: 'sum', inputs: { a: 'first', b: 'squares' } },
  },
};

let project: TestProject;
let original: string;
let all: string[];
let digests: { [output: string]: string };

async function run() {
  const { result, events } = await project.run({ pipeline, checkpointSeconds: 0 });
  const found = Object.entries(result.stages).flatMap(([id, stage]) =>
    Object.entries(stage!.outputs).map(([port, output]) => [`${id}/${port}`, output!.digest] as const),
  );
  return { result, events, digests: Object.fromEntries(found) };
}

beforeAll(async () => {
  project = await createProject(squares);
  const { result, digests: made } = await run();
  digests = made;
  const store = await project.openStore();
  await store.pins.add({ of: 'run', target: result.run }, 'a note');
  await store.runs.label(result.run, { add: ['a-tag'], note: 'of the run' });
  expect(await store.check(false)).toMatchObject({ findings: [], leftovers: [], reruns: [] });
  original = path.join(project.root, 'original');
  await fs.rename(project.store, original);
  all = await filesBelow(original);
}, 60_000);
afterAll(() => project.remove());

/** What can befall a file, by the file and a number in [0, 1). */
const damages = {
  'a flipped bit': async (file: string, at: number) => {
    const bytes = await fs.readFile(file);
    if (bytes.length > 0) bytes[Math.floor(bytes.length * at)]! ^= 1 << (Math.floor(at * 8000) % 8);
    await fs.writeFile(file, bytes);
  },
  'cut off': async (file: string, at: number) =>
    fs.truncate(file, Math.floor((await fs.stat(file)).size * at)),
  lengthened: (file: string) => fs.appendFile(file, 'more'),
  missing: (file: string) => fs.rm(file),
  'a directory': async (file: string) => {
    await fs.rm(file);
    await fs.mkdir(file);
  },
  'a link to nothing': async (file: string) => {
    await fs.rm(file);
    await fs.symlink('nothing', file);
  },
  'a link to itself': async (file: string) => {
    await fs.rm(file);
    await fs.symlink(path.basename(file), file);
  },
  "another's content": async (file: string, at: number) => {
    const like = all.filter((each) => path.extname(each) === path.extname(file));
    await fs.copyFile(path.join(original, like[Math.floor(at * like.length)]!), file);
  },
  'a file beside it': (file: string) => fs.writeFile(path.join(path.dirname(file), 'extra.bin'), 'extra'),
  'a file in place of its directory': async (file: string) => {
    await fs.rm(path.dirname(file), { recursive: true });
    await fs.writeFile(path.dirname(file), 'a file');
  },
} as const;
type How = keyof typeof damages;

/**
 * Damage that nothing can tell: of what is text for people, of caches and marks that are simply not there, of a last line that
 * a killed process may have left so.
 */
const cannotBeTold = (file: string, how: How): boolean => {
  if (how === 'a file beside it' || how === 'a directory') return false;
  if (/^locks\//.test(file)) return true;
  if (how === 'a file in place of its directory') return false;
  if (/log\.txt$/.test(file)) return how !== 'missing';
  if (how === 'missing') return /^(signatures|cache|pins)\/|labels\.json$|^store\.json$/.test(file);
  return /jsonl$/.test(file) && (how === 'cut off' || how === 'lengthened');
};

/** A lock that cannot be a file, or a store without a place, is for a person to mend. */
const isBeyond = (file: string, how: How): boolean =>
  (/^locks\//.test(file) && how === 'a directory') ||
  (file === 'store.json' && how === 'a file in place of its directory');

const named = ({ findings, reruns }: FsckReport) => [
  ...findings.map(({ what, why }) => `${what}: ${why}`),
  ...reruns.map(({ stage, fingerprint }) => `${stage ?? fingerprint} is to be run again`),
];

async function openAnyhow(): Promise<Store> {
  const opened = await openStore(project.store, { evenIfDamaged: true });
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
}

/** A run after the damage: nothing damaged is served, what was found is said, the digests are those of before. */
async function runAgain(file: string, how: How, isWhole: boolean): Promise<void> {
  const { result, events, digests: now } = await run();
  expect(result.status).toBe('ok');
  expect(now).toEqual(digests);
  const store = await project.openStore();
  for (const digest of Object.values(now)) expect((await store.objects.open(digest)).ok).toBe(true);
  const isRead = /^objects\//.test(file) || (/^records\//.test(file) && how !== 'a file beside it');
  if (!isRead || isWhole) return;
  const told = events.filter(({ event }) => event === 'warning' || event === 'stage-started');
  expect(told).not.toEqual([]);
}

const clean = { findings: [], leftovers: [], reruns: [] };

async function survives(file: string, how: How, at: number, repairFirst: boolean): Promise<void> {
  await fs.rm(project.store, { recursive: true, force: true });
  await fs.cp(original, project.store, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  const place = path.join(project.store, file);
  const before = await fs.readFile(place);
  await damages[how](place, at);
  const after = await fs.readFile(place).catch(() => Buffer.of(0));
  if (how !== 'a file beside it' && before.equals(after)) return;
  // of JSON that has a seal or a digest of what it says, the last line feed says nothing
  const isSealed = !file.startsWith('objects/') || file.endsWith('.manifest.json');
  const isWhole = isSealed && before.toString().trim() === after.toString();

  const found = named(await (await openAnyhow()).check(false));
  // a journal seals its lines, not that they are its own: another's is as whole as it was
  const isAnothersJournal = file.endsWith('journal.jsonl') && how === "another's content";
  if (!cannotBeTold(file, how) && !isWhole && !isAnothersJournal) expect(found).not.toEqual([]);
  const isRefused = file === 'store.json' && !/beside|missing/.test(how);
  if (isRefused) await expect(run()).rejects.toThrow('store.json is damaged; npx pipe fsck --repair');
  if (repairFirst || isRefused) {
    await (await openAnyhow()).check(true);
    const { reruns: _, ...rest } = await (await project.openStore()).check(false);
    expect(rest).toMatchObject({ findings: [], leftovers: [] });
    await run();
  } else {
    await runAgain(file, how, isWhole);
    await (await project.openStore()).check(true);
  }
  expect(await (await project.openStore()).check(false)).toMatchObject(clean);
  const { result, digests: now } = await run();
  expect(now).toEqual(digests);
  expect(Object.values(statuses(result)).every((status) => status === 'cached')).toBe(true);
}

const hows = Object.keys(damages) as How[];

test('any file of a store, damaged in any way: a run serves nothing of it, fsck names it, a repair mends it', async () => {
  const places = fc.constantFrom(...all);
  const at = fc.double({ min: 0, max: 0.999, noNaN: true });
  await fc.assert(
    fc.asyncProperty(places, fc.constantFrom(...hows), at, fc.boolean(), async (file, how, where, repair) => {
      fc.pre(!isBeyond(file, how));
      await survives(file, how, where, repair);
    }),
    { seed: 20261124, numRuns: Number(process.env.NASPIPE_DAMAGES ?? 20), endOnFailure: true },
  );
}, 3_600_000);
