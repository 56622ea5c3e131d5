import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';
import { digestBytes } from '../../src/base/digest.ts';
import { seal } from '../../src/store/seal.ts';

/** One member of an archive, good or bad. */
interface Member {
  readonly path: string;
  readonly text?: string;
  /** Type flag of tar: `0` a file, `1` a link, `2` a symbolic link, `5` a directory. */
  readonly type?: string;
  /** Where a link leads. */
  readonly target?: string;
  /** Size that the header declares, when it lies. */
  readonly size?: number;
}

/**
 * An archive, as a case describes it in `<name>.tar.gz.json`. The first member, `export.json`, lists what `lists` says,
 * or else the members, and has a right seal.
 */
interface Archive {
  readonly members: readonly Member[];
  readonly lists?: readonly { readonly path: string; readonly size?: number; readonly digest?: string }[];
  /** Fields of export.json that differ. */
  readonly manifest?: object;
  /** Without export.json. */
  readonly bare?: boolean;
  readonly packed?: boolean;
  /** Bytes of the packed archive that are kept. */
  readonly cut?: number;
  /** What follows the packed archive. */
  readonly tail?: string;
  /** What follows the archive's end mark, inside the packing. */
  readonly behind?: string;
  /** Zeros that follow the archive's end mark, inside the packing. */
  readonly zeros?: number;
}

/** A member as tar writes it, whatever it says. */
function written({ path: name, text = '', type = '0', target = '', size }: Member): Buffer {
  const body = Buffer.from(text);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${(size ?? body.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(target, 157, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function pack(archive: Archive): Buffer {
  const { members, packed = true, bare = false, behind = '', zeros = 0, tail = '', cut } = archive;
  const files = (archive.lists ?? members).map((member) => {
    const text = members.find(({ path: name }) => name === member.path)?.text ?? '';
    return { size: Buffer.byteLength(text), digest: digestBytes(text), ...member, text: undefined };
  });
  const about = { v: 1, naspipe: '0.1.0', run: '261124-101200-a0', pipeline: 'sums' };
  const manifest = seal('naspipe export', {
    ...about,
    ...archive.manifest,
    files: files.map(({ path: name, size, digest }) => ({ path: name, size, digest })),
  });
  const first = bare ? [] : [{ path: 'export.json', text: JSON.stringify(manifest) }];
  const parts = [...first, ...members].map(written);
  const whole = Buffer.concat([...parts, Buffer.alloc(1024 + zeros), Buffer.from(behind)]);
  const bytes = packed ? gzipSync(whole) : whole;
  return Buffer.concat([bytes.subarray(0, cut), Buffer.from(tail)]);
}

/** Packs what the files `<name>.tar.gz.json` of a project describe. */
export async function packArchives(root: string): Promise<void> {
  for (const name of await fs.readdir(root)) {
    if (!name.endsWith('.tar.gz.json')) continue;
    const description = path.join(root, name);
    const archive = JSON.parse(await fs.readFile(description, 'utf8')) as Archive;
    await fs.writeFile(description.slice(0, -'.json'.length), pack(archive));
    await fs.rm(description);
  }
}
