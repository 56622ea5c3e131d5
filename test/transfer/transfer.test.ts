import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeTar } from '../../src/archive/index.ts';
import { digestBytes } from '../../src/base/digest.ts';
import { nodeFiles } from '../../src/base/files.ts';
import { diffRuns } from '../../src/engine/index.ts';
import type { ExportManifest } from '../../src/schema/generated/export.ts';
import type { RunResult } from '../../src/schema/generated/run-result.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import { seal } from '../../src/store/seal.ts';
import { exportRun, importRun, openExport, readBeside } from '../../src/transfer/index.ts';
import { licencesText } from '../../src/transfer/licences.ts';
import { readExport } from '../../src/transfer/read.ts';
import { searchRun, temporaryStore } from '../report/fixture.ts';

let directory: string;
let from: Awaited<ReturnType<typeof temporaryStore>>;
let result: RunResult;
let archive: string;

beforeAll(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'naspipe-transfer-'));
  from = await temporaryStore();
  result = await searchRun(from);
  const fingerprint = result.stages.search!.fingerprint!;
  for (const step of [10, 20]) {
    await from.store.checkpoints.save({
      fingerprint,
      attempt: '261124-101200-a0',
      step,
      total: 40,
      computeMs: 5,
      state: { step },
      tensors: new Uint8Array(12),
    });
  }
  archive = path.join(directory, 'out.tar.gz');
  const written = await exportRun(from.store, nodeFiles, result, archive);
  expect(written).toEqual({ ok: true, value: { run: result.run, files: 24, bytes: expect.any(Number) } });
});
afterAll(async () => {
  await fs.rm(directory, { recursive: true, force: true });
  await fs.rm(from.store.root, { recursive: true, force: true });
});

let stores = 0;
async function emptyStore(): Promise<Store> {
  const opened = await openStore(path.join(directory, `store-${stores++}`));
  if (!opened.ok) throw new Error(opened.failures[0]!.message);
  return opened.value;
}

const place = async (name: string, bytes: Uint8Array): Promise<string> => {
  const file = path.join(directory, name);
  await fs.writeFile(file, bytes);
  return file;
};

/** What a failed import says, after a look that nothing is there. */
async function refusal(file: string): Promise<string> {
  const store = await emptyStore();
  const imported = await importRun(store, nodeFiles, file);
  expect(await store.objects.list()).toEqual([]);
  expect(await store.records.fingerprints()).toEqual([]);
  expect(await store.runs.list()).toEqual([]);
  expect(await nodeFiles.list(path.join(store.root, 'attempts'))).toEqual([]);
  return imported.ok
    ? 'imported'
    : imported.failures.map(({ code, message }) => `${code}: ${message}`).join();
}

/** An archive with a right seal over files that may be anything. */
async function forged(files: { readonly [path: string]: string }, name: string): Promise<string> {
  const members = Object.entries(files).map(([at, text]) => ({
    path: at,
    bytes: new TextEncoder().encode(text),
  }));
  const manifest: ExportManifest = seal('naspipe export', {
    v: 1 as const,
    naspipe: '0.1.0',
    run: result.run,
    pipeline: 'forged',
    files: members.map(({ path: at, bytes }) => ({
      path: at,
      size: bytes.length,
      digest: digestBytes(bytes),
    })),
  });
  const first = { path: 'export.json', bytes: new TextEncoder().encode(JSON.stringify(manifest)) };
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTar([first, ...members])) chunks.push(chunk);
  return place(name, gzipSync(Buffer.concat(chunks)));
}

describe('a run that was moved', () => {
  test('leaves a store in which nothing is missing; what an import did not get to is done by the next', async () => {
    const store = await emptyStore();
    await importRun(store, nodeFiles, archive);
    const ofRun = async () => {
      const { findings, leftovers } = await store.check(false);
      return { findings: findings.filter(({ part }) => part === 'run'), leftovers };
    };
    expect(await ofRun()).toEqual({ findings: [], leftovers: [] });
    await fs.rm(path.join(store.runs.directory(result.run), 'search'), { recursive: true });
    expect((await ofRun()).findings).not.toEqual([]);
    expect(await importRun(store, nodeFiles, archive)).toMatchObject({ ok: true, value: { known: true } });
    expect(await ofRun()).toEqual({ findings: [], leftovers: [] });
  });

  test('is the same elsewhere, with its records, code, checkpoint and links', async () => {
    const store = await emptyStore();
    const imported = await importRun(store, nodeFiles, archive);
    expect(imported).toEqual({
      ok: true,
      value: { run: result.run, pipeline: 'toy-search', artifacts: 5, records: 4, known: false },
    });
    const there = (await store.runs.results(result.run)) as unknown as RunResult;
    expect(there).toEqual(result);
    expect((await diffRuns(readBeside(from.store, store), result, there)).same).toBe(true);
    for (const stage of Object.values(result.stages)) {
      const { fingerprint, outputs } = stage!;
      const [a, b] = [await from.store.records.find(fingerprint!), await store.records.find(fingerprint!)];
      expect(b.record).toEqual(a.record);
      for (const { digest } of Object.values(outputs!) as { digest: string }[]) {
        expect((await store.objects.open(digest)).ok).toBe(true);
      }
    }
    const { checkpoint } = await store.checkpoints.load(result.stages.search!.fingerprint!);
    expect(checkpoint?.manifest.step).toBe(20);
    const link = path.join(store.runs.directory(result.run), 'search', 'trials');
    expect((await fs.readdir(link)).sort()).toEqual(['.manifest.json', 'trials.jsonl']);
  });

  test('is taken once; what is missing of it is added; another run of its id is not overwritten', async () => {
    const store = await emptyStore();
    await importRun(store, nodeFiles, archive);
    const lost = result.stages.search!.outputs.trials!.digest;
    await fs.rm(store.objects.directory(lost), { recursive: true });
    const again = await importRun(store, nodeFiles, archive);
    expect(again).toMatchObject({ ok: true, value: { artifacts: 1, records: 0, known: true } });
    expect(await store.objects.open(lost)).toMatchObject({ ok: true });
    const other = await emptyStore();
    await fs.mkdir(other.runs.directory(result.run), { recursive: true });
    expect(await importRun(other, nodeFiles, archive)).toEqual({
      ok: false,
      failures: [
        {
          code: 'run-exists',
          message: `the store has another run ${result.run}; import into another store with --store`,
        },
      ],
    });
    expect(await other.objects.list()).toEqual([]);
  });

  test('gives the same bytes each time', async () => {
    const again = path.join(directory, 'again.tar.gz');
    await exportRun(from.store, nodeFiles, result, again);
    expect((await fs.readFile(again)).equals(await fs.readFile(archive))).toBe(true);
  });

  test('says the licences of what came with naspipe, and which packages its code calls', async () => {
    const entries = new Map<string, string>();
    for await (const part of readExport(nodeFiles, archive)) {
      if (!part.ok) throw new Error(part.failures[0]!.message);
      if (part.value.type === 'file')
        entries.set(part.value.file.path, new TextDecoder().decode(part.value.file.bytes));
    }
    const own = entries.get('LICENCES.md')!;
    expect(own).toContain('## naspipe, parts of which are in each bundle.mjs');
    expect(own).toContain('Apache License');
    const [record] = (await from.store.records.list(result.stages.search!.fingerprint!)).records;
    const lineage = { ...record!.lineage, packages: { scaler: '1.2.0' } };
    const preimage = { ...record!.preimage, content: { 'fashion-mnist-mini': 'd'.repeat(64) } };
    const other = await licencesText(nodeFiles, [{ ...record!, lineage, preimage }]);
    expect(other).toContain('## fashion-mnist-mini, images of which are in the splits');
    expect(other).toContain('Zalando');
    expect(other).toContain('- scaler@1.2.0');
  });

  test('is read from the archive without a trace', async () => {
    const before = (await fs.readdir(os.tmpdir())).filter((name) => name.startsWith('naspipe-export-'));
    const opened = await openExport(nodeFiles, archive);
    if (!opened.ok) throw new Error(opened.failures[0]!.message);
    expect(opened.value.result).toEqual(result);
    await opened.value.close();
    const after = (await fs.readdir(os.tmpdir())).filter((name) => name.startsWith('naspipe-export-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  test('is not written when the store has not all of it', async () => {
    const poor = await temporaryStore();
    const run = await searchRun(poor);
    const { digest } = run.stages.search!.outputs.trials!;
    await fs.rm(poor.store.objects.directory(digest), { recursive: true });
    const file = path.join(directory, 'poor.tar.gz');
    expect(await exportRun(poor.store, nodeFiles, run, file)).toEqual({
      ok: false,
      failures: [
        {
          code: 'artifact-missing',
          message: `the store no longer has artifact ${digest.slice(0, 12)} of run ${run.run} whole; npx pipe run makes it again`,
        },
      ],
    });
    await expect(fs.stat(file)).rejects.toThrow('ENOENT');
    await fs.rm(poor.store.root, { recursive: true });
  });
});

describe('of a damaged archive nothing is taken', () => {
  test('wherever a bit flips or it ends', async () => {
    const whole = gunzipSync(await fs.readFile(archive));
    const packed = await fs.readFile(archive);
    for (let n = 0; n < 24; n++) {
      const at = Math.floor((whole.length * n) / 24);
      const flipped = Buffer.from(whole);
      flipped[at]! ^= 4;
      const said = await refusal(await place('flipped.tar.gz', gzipSync(flipped, { level: 1 })));
      expect(said).toMatch(/^archive-(damaged|refused): /);
      const cut = packed.subarray(0, Math.floor((packed.length * n) / 24));
      expect(await refusal(await place('cut.tar.gz', cut))).toMatch(/^archive-damaged: it (is|ends)/);
    }
  }, 30_000);

  test('other files', async () => {
    expect(await refusal(await place('text.tar.gz', Buffer.from('no archive')))).toBe(
      'archive-damaged: it is not packed by gzip',
    );
    expect(await refusal(await place('empty.tar.gz', gzipSync(Buffer.alloc(1024))))).toBe(
      'archive-damaged: it is empty',
    );
    const chunks: Uint8Array[] = [];
    for await (const chunk of writeTar([{ path: 'readme', bytes: new Uint8Array(3) }])) chunks.push(chunk);
    expect(await refusal(await place('other.tar.gz', gzipSync(Buffer.concat(chunks))))).toBe(
      'archive-damaged: it is no export of naspipe: it begins with readme',
    );
  });

  test.each([
    ['../../etc/passwd', 'it lists "../../etc/passwd", which is no place of an exported run'],
    ['objects/ab/../../../x', 'it lists "objects/ab/../../../x", which is no place of an exported run'],
    ['locks/gate', 'it lists "locks/gate", which is no place of an exported run'],
    [
      `objects/aa/${'a'.repeat(64)}/../../../../x`,
      `"objects/aa/${'a'.repeat(64)}/../../../../x" leads out of the archive`,
    ],
  ])('a forged path: %s', async (at, message) => {
    expect(await refusal(await forged({ [at]: 'x' }, 'forged.tar.gz'))).toBe(`archive-refused: ${message}`);
  });

  test('forged content under a right seal', async () => {
    const object = `objects/aa/${'a'.repeat(64)}`;
    expect(await refusal(await forged({ [`${object}/x.json`]: '1' }, 'object.tar.gz'))).toBe(
      `archive-damaged: ${object} does not have the digest in its name`,
    );
    const record = `records/${'b'.repeat(64)}/1.json`;
    expect(await refusal(await forged({ [record]: '{}' }, 'record.tar.gz'))).toBe(
      `archive-damaged: ${record} does not have its seal`,
    );
    const run = `runs/${result.run}/results.json`;
    expect(await refusal(await forged({ [run]: '{}' }, 'run.tar.gz'))).toBe(
      `archive-damaged: ${run} does not have its seal`,
    );
    const sealed = JSON.stringify(seal('naspipe run results', { ...result }));
    const digest = result.stages.space!.outputs.space!.digest.slice(0, 12);
    expect(await refusal(await forged({ [run]: sealed }, 'hollow.tar.gz'))).toBe(
      `archive-damaged: it does not hold artifact ${digest}, which its results name`,
    );
  });
});
