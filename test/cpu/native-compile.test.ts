import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { type Files, nodeFiles } from '../../src/base/files.ts';
import { compileNative } from '../../src/cpu/native-compile.ts';
import { buildName, type Flags, nativeFlags } from '../../src/cpu/native-source.ts';
import { temporaryRoot } from '../store/fixture.ts';

const flags: Flags = { baseline: ['-O1'], avx2: ['-O2'], avx512: ['-O3'] };

/** A place to build in, and compilers that write the words they were called with. */
async function place() {
  const root = await temporaryRoot();
  const home = path.join(root, 'native');
  await mkdir(home, { recursive: true });
  const compiler = async (name: string, version: string) => {
    const file = path.join(root, name);
    await writeFile(
      file,
      `#!/bin/sh
if [ "$1" = --version ]; then echo '${version}'; exit; fi
for word; do out=$word; done
echo "$@" > "$out"
`,
    );
    await chmod(file, 0o755);
    return file;
  };
  const build = (compilers: string[], folder = 'aaaa', files?: Files) =>
    compileNative(
      {
        folder: path.join(home, folder),
        source: 'addon.cpp',
        builds: ['baseline', 'avx2'],
        flags,
        compilers,
        headers: async () => 'headers',
      },
      files,
    );
  return { home, compiler, build };
}

test('a build is made once, again by another compiler or another version of it, and replaces what is older', async () => {
  const { home, compiler, build } = await place();
  const all = { made: ['baseline', 'avx2'] };
  const one = await compiler('one', 'one 14');
  expect(await build(['no-such-compiler', one])).toEqual(all);
  expect(await readFile(path.join(home, 'aaaa/avx2.node'), 'utf8')).toMatch(/^-O2 -I headers addon.cpp -o /);
  expect(await build([one])).toEqual({ made: [] });
  await compiler('one', 'one 15');
  expect(await build([one])).toEqual(all);
  expect(await build([one])).toEqual({ made: [] });
  expect(await build([await compiler('two', 'one 15')])).toEqual(all);
  expect(await build([one], 'bbbb')).toEqual(all);
  expect(await readdir(home)).toEqual(['bbbb']);
});

test('while a build is replaced, a whole one is there at every moment', async () => {
  const { home, compiler, build } = await place();
  const folder = path.join(home, 'aaaa');
  await build([await compiler('one', 'one 14')]);
  await writeFile(path.join(folder, 'baseline.node'), 'the old one\n');
  let looked = 0;
  const look = async (): Promise<void> => {
    looked++;
    for (const name of ['baseline', 'avx2'])
      expect(await readFile(path.join(folder, `${name}.node`), 'utf8')).toMatch(/\n$/);
  };
  const watched = new Proxy(nodeFiles, {
    get:
      (files, method: keyof Files) =>
      async (...args: never[]) => {
        await look();
        const result = await (files[method] as (...args: never[]) => unknown)(...args);
        await look();
        return result;
      },
  });
  expect(await build([await compiler('one', 'one 15')], 'aaaa', watched)).toEqual({
    made: ['baseline', 'avx2'],
  });
  expect(await readFile(path.join(folder, 'baseline.node'), 'utf8')).toMatch(/^-O1/);
  expect(looked).toBeGreaterThan(10);
  expect(await readdir(home)).toEqual(['aaaa']);
});

test('what was built stays where there is no compiler any more', async () => {
  const { compiler, build } = await place();
  expect(await build(['no-such-compiler'])).toEqual({
    missing: 'no C++ compiler was found (no-such-compiler)',
  });
  await build([await compiler('one', 'one 14')]);
  expect(await build(['no-such-compiler'])).toEqual({ made: [] });
});

test('another source and any other flag are another build', () => {
  const name = buildName(['source'], nativeFlags);
  expect(buildName(['source'], nativeFlags)).toBe(name);
  expect(buildName(['sources'], nativeFlags)).not.toBe(name);
  for (const build of ['baseline', 'avx2', 'avx512'] as const) {
    const more = { ...nativeFlags, [build]: [...nativeFlags[build], '-g'] };
    expect(buildName(['source'], more), build).not.toBe(name);
  }
});
