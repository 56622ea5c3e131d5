import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GzipDamage, gunzip, gzip, readTar, type TarFile, writeTar } from '../../src/archive/index.ts';

let directory: string;
beforeAll(async () => {
  directory = await fs.mkdtemp(path.join(os.tmpdir(), 'naspipe-tar-'));
});
afterAll(() => fs.rm(directory, { recursive: true, force: true }));

const text = (content: string): Uint8Array => new TextEncoder().encode(content);

async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** Bytes as a stream of chunks of a size that fits nothing. */
async function* inChunks(bytes: Uint8Array, size = 777): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Files as path and text, ending with the message of a failure. */
async function read(
  from: Uint8Array | AsyncIterable<Uint8Array>,
  refuse: Parameters<typeof readTar>[1] = () => undefined,
) {
  const found: string[] = [];
  for await (const file of readTar(from instanceof Uint8Array ? inChunks(from) : from, refuse)) {
    found.push(
      file.ok
        ? `${file.value.path}: ${Buffer.from(file.value.bytes).toString('latin1')}`
        : `${file.failures[0]!.code}: ${file.failures[0]!.message}`,
    );
  }
  return found;
}

const deep = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}/ä.txt`;
const files: readonly TarFile[] = [
  { path: 'a.txt', bytes: text('one') },
  { path: 'empty', bytes: text('') },
  { path: `${'d'.repeat(90)}/${'n'.repeat(90)}`, bytes: text('prefix') },
  { path: deep, bytes: text('pax') },
];

/** One member as tar writes it, its header changed and given a right checksum again. */
async function member(change: (header: Buffer) => void, file: TarFile = files[0]!): Promise<Buffer> {
  const bytes = await joined(writeTar([file]));
  change(bytes);
  const sum = bytes.subarray(0, 512).reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 32 : byte), 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

describe('beside the tar of the system', () => {
  test('it unpacks what is written here', async () => {
    const archive = path.join(directory, 'ours.tar.gz');
    await fs.writeFile(archive, await joined(gzip(writeTar(files))));
    const into = path.join(directory, 'unpacked');
    await fs.mkdir(into);
    execFileSync('tar', ['xzf', archive, '-C', into]);
    const found = await Promise.all(
      files.map(({ path: name }) => fs.readFile(path.join(into, name), 'utf8')),
    );
    expect(found).toEqual(['one', '', 'prefix', 'pax']);
  });

  test.each(['ustar', 'posix', 'gnu'])('what it packs as %s is read here', async (format) => {
    const from = path.join(directory, format);
    await fs.mkdir(path.join(from, 'below'), { recursive: true });
    await fs.writeFile(path.join(from, 'below', 'x'), 'x'.repeat(600));
    const archive = execFileSync('tar', [`--format=${format}`, '-cf', '-', 'below'], { cwd: from });
    expect(await read(archive)).toEqual([`below/x: ${'x'.repeat(600)}`]);
  });
});

test('what is written is read again, and the same files give the same bytes', async () => {
  const bytes = await joined(writeTar(files));
  expect(await read(bytes)).toEqual(['a.txt: one', 'empty: ', `${files[2]!.path}: prefix`, `${deep}: pax`]);
  const [once, again] = [await joined(gzip(writeTar(files))), await joined(gzip(writeTar(files)))];
  expect(once.equals(again)).toBe(true);
  expect((await joined(gunzip(inChunks(once)))).equals(bytes)).toBe(true);
});

test('any files come back as they were', async () => {
  const name = fc.stringMatching(/^[a-z0-9_ä][a-z0-9._-]{0,60}$/);
  const file = fc.record({
    path: fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/')),
    bytes: fc.uint8Array({ maxLength: 2000 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(file, { maxLength: 5 }), async (all) => {
      const back: TarFile[] = [];
      const bytes = await joined(writeTar(all));
      for await (const each of readTar(inChunks(bytes), () => undefined)) {
        if (each.ok) back.push({ path: each.value.path, bytes: Uint8Array.from(each.value.bytes) });
      }
      expect(back).toEqual(all);
    }),
    { numRuns: 40 },
  );
});

describe('what is no whole archive is said to be none', () => {
  test.each([
    ['cut off between files', 0, 'archive-damaged: it ends at byte 0, before its end mark'],
    ['cut off inside a header', 300, 'archive-damaged: it ends at byte 300, before its end mark'],
    ['cut off inside a file', 514, 'archive-damaged: it ends at byte 514, inside a.txt'],
  ])('%s', async (_, length, message) => {
    const whole = await joined(writeTar(files));
    expect((await read(whole.subarray(0, length))).at(-1)).toBe(message);
  });

  test('a flipped bit in a header, more after the end, text', async () => {
    const flipped = await joined(writeTar(files));
    flipped[3]! ^= 1;
    expect(await read(flipped)).toEqual(['archive-damaged: the header at byte 0 has a wrong checksum']);
    const more = Buffer.concat([await joined(writeTar([files[0]!])), Buffer.from('more')]);
    expect(await read(more)).toEqual([
      'a.txt: one',
      'archive-damaged: there is more after its end mark, from byte 2048',
    ]);
    expect(await read(Buffer.alloc(512, 'text'))).toEqual([
      'archive-damaged: the header at byte 0 has a wrong checksum',
    ]);
  });

  test('gzip: no gzip, a flipped bit, cut off', async () => {
    const packed = await joined(gzip(writeTar(files)));
    const flipped = Buffer.from(packed);
    flipped[packed.length - 6]! ^= 1;
    const why = async (bytes: Uint8Array) =>
      joined(gunzip(inChunks(bytes))).then(
        () => 'read',
        (error: unknown) => (error instanceof GzipDamage ? error.message : error),
      );
    expect(await why(text('no archive at all'))).toBe('it is not packed by gzip');
    expect(await why(flipped)).toBe('its bytes are not what was packed');
    expect(await why(packed.subarray(0, packed.length - 20))).toBe('it is cut off');
    expect(await why(packed)).toBe('read');
  });
});

test('of what has no end a mebibyte is read', async () => {
  async function* endless(first: Uint8Array, more: Uint8Array) {
    yield first;
    for (let n = 0; n < 64; n++) yield more;
    throw new Error('read to its end');
  }
  const whole = await joined(writeTar([files[0]!]));
  expect(await read(endless(whole, new Uint8Array(2 ** 16)))).toEqual([
    'a.txt: one',
    'archive-damaged: more than 1 MiB of zeros follow its end mark, from byte 1536',
  ]);
  const empty = { path: 'd', bytes: text('') };
  const directory = (await member((header) => header.write('5', 156, 'latin1'), empty)).subarray(0, 512);
  const many = Buffer.concat(Array.from({ length: 128 }, () => directory));
  expect(await read(endless(whole.subarray(0, 1024), many))).toEqual([
    'a.txt: one',
    'archive-damaged: from byte 1024 on more than 1 MiB of directories and extended headers follow each other',
  ]);
});

describe('what would write elsewhere is refused', () => {
  test.each(['../a', 'a/../../b', '/etc/passwd', 'a//b', './a', 'a\\b', 'c:a', 'a/'])('%s', async (name) => {
    const bytes = await joined(writeTar([{ path: name, bytes: text('x') }]));
    expect(await read(bytes)).toEqual([`archive-refused: ${JSON.stringify(name)} leads out of the archive`]);
  });

  test('links and devices, though their path is harmless', async () => {
    for (const type of ['1', '2', '3', '4', '6']) {
      const bytes = await member((header) => header.write(type, 156, 'latin1'));
      expect(await read(bytes)).toEqual(['archive-refused: a.txt is neither a file nor a directory']);
    }
  });

  test('a path that only the extended header shows', async () => {
    const path = `${'a/'.repeat(150)}../../b`;
    expect(await read(await joined(writeTar([{ path, bytes: text('x') }])))).toEqual([
      `archive-refused: ${JSON.stringify(path)} leads out of the archive`,
    ]);
  });

  test('what is too large, before it is read', async () => {
    const bytes = await member((header) => header.write('77777777777', 124, 'latin1'));
    const refuse = (path: string, size: number) => (size > 1000 ? `${path} has ${size} bytes` : undefined);
    expect(await read(bytes, refuse)).toEqual(['archive-refused: a.txt has 8589934591 bytes']);
    expect(await read(await member((header) => header.write('x', 156, 'latin1')))).toEqual([
      'archive-damaged: the extended header at byte 0 is not of the form of pax',
    ]);
  });
});

test('no damage makes the reader throw, hang or give a path that leads elsewhere', async () => {
  const whole = await joined(writeTar(files));
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(whole.length), async (changes, length) => {
      const bytes = Buffer.from(whole.subarray(0, length));
      for (const [at, value] of changes) if (at < length) bytes[at] = value;
      for await (const file of readTar(inChunks(bytes), (_, size) => (size > 9999 ? 'large' : undefined))) {
        if (file.ok) expect(file.value.path).not.toMatch(/(^|\/)\.\.?(\/|$)|^\//);
      }
    }),
    { numRuns: 300 },
  );
});
