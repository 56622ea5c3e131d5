import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import * as ops from '../../src/cpu/plan/ops.ts';

const room = fileURLToPath(new URL('../../src/cpu/', import.meta.url));

/** The compiler's first line of version, or why there is none. */
function compiler(): { version: string } | { missing: string } {
  try {
    execFileSync('wasm-ld', ['--version'], { stdio: 'ignore' });
    return { version: execFileSync('clang++', ['--version'], { encoding: 'utf8' }).split('\n')[0]! };
  } catch {
    return { missing: 'clang++ or wasm-ld is not installed' };
  }
}

test('kernels.wasm is what build.sh makes of the source', async ({ skip }) => {
  const recorded = readFileSync(join(room, 'wasm/compiler.txt'), 'utf8').trim();
  const here = compiler();
  if ('missing' in here) return skip(here.missing);
  const directory = mkdtempSync(join(tmpdir(), 'kernels-'));
  const built = join(directory, 'kernels.wasm');
  await promisify(execFile)(join(room, 'kernels/build.sh'), [built]);
  const same = readFileSync(built).equals(readFileSync(join(room, 'wasm/kernels.wasm')));
  rmSync(directory, { recursive: true });
  if (here.version !== recorded) return skip(`built by ${here.version}, recorded is ${recorded}`);
  expect(same, 'src/cpu/wasm/kernels.wasm is stale: run src/cpu/kernels/build.sh').toBe(true);
}, 180_000);

test('what the planner knows of the kernels is what they say', () => {
  const read = (file: string): string => readFileSync(join(room, 'kernels', file), 'utf8');
  const source = ['simd.h', 'arena.h', 'moments.h', 'convolution.h', 'depthwise.h', 'kernels.cpp']
    .map(read)
    .join('');
  const { CHUNKS, MOMENT_HEADER, BLOCK_ROWS, PASS_ROWS, CHANNEL_BLOCK, OP_WORDS } = ops;
  const known = {
    LANES: ops.WASM_LANES,
    CHUNKS,
    MOMENT_HEADER,
    BLOCK_ROWS,
    PASS_ROWS,
    CHANNEL_BLOCK,
    OP_WORDS,
  };
  for (const [name, value] of Object.entries(known)) {
    expect(source, name).toMatch(new RegExp(`constexpr int ${name} = ${value};`));
  }
  const list = (name: string): string[] =>
    source.match(new RegExp(`enum ${name}[^{]*{([^}]*)}`))![1]!.match(/\w+/g)!;
  const norm = list('NormRow');
  expect([norm.indexOf('MEAN'), norm.indexOf('VARIANCE'), norm.indexOf('NORM_ROWS')]).toEqual([
    ops.NORM_MEAN,
    ops.NORM_VARIANCE,
    ops.NORM_ROWS,
  ]);
  const camel = (code: string): string =>
    code.toLowerCase().replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  const codes = list('Code').filter((word) => word !== 'int32_t');
  expect(codes.map(camel)).toEqual(codes.map((_, code) => ops.opName(code)));
});

test('the module has nothing of its own in the shared memory', async () => {
  const module = await WebAssembly.compile(new Uint8Array(readFileSync(join(room, 'wasm/kernels.wasm'))));
  const data = 11;
  expect(sections(readFileSync(join(room, 'wasm/kernels.wasm')))).not.toContain(data);
  expect(module).toBeDefined();
});

/** Ids of a module's sections. */
function sections(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]!);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}
