import { isBuiltin } from 'node:module';
import * as path from 'node:path';
import type { BuildFailure, BuildOptions, Plugin } from 'esbuild';
import { type Digest, digestBytes, digestValue } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { installedPackage, ownRoot, packageName, readPackage } from './package.ts';

/** The code of a stage type as it runs, and what it was made of. */
export interface Bundle {
  /** One ES module. What is hashed is what runs. */
  readonly text: string;
  /** Digest of the text and of the versions of the packages it imports. */
  readonly codeDigest: Digest;
  /** Package → version; naspipe itself is inside the text. */
  readonly packages: { readonly [name: string]: string };
  /** Path relative to the stage type's package, or below `naspipe/` → digest of the file. */
  readonly sources: { readonly [file: string]: Digest };
  /** Digest of all of naspipe's own sources that its imports reach, whether or not anything of them is in the text. */
  readonly library: Digest;
}

/** What a bundle was made from: while nothing here changes, bundling again would give the same. */
export interface BundleOrigins {
  /** Absolute real path of each file that was read, whether or not anything of it is in the text. */
  readonly files: readonly string[];
  /** Each package that was looked for: the directory it was imported from, its name and the version found. */
  readonly packages: readonly (readonly [from: string, name: string, version: string])[];
}

/** Digest of everything about the code that can change what it does. */
export const codeDigestOf = (text: string, packages: Bundle['packages']): Digest =>
  digestValue('naspipe/code', { text, packages });

const isBelow = (file: string, directory: string): boolean =>
  !path.relative(directory, file).startsWith('..');

/** Resolves `naspipe/*` to this installation, leaves packages outside, and refuses what cannot be part of a text. */
function resolution(
  files: Files,
  ownRealRoot: string,
  packages: Map<string, readonly [string, string, string]>,
  failures: Failure[],
): Plugin {
  const refuse = (code: string, message: string) => {
    failures.push({ code, message });
    return { errors: [{ text: message }] };
  };
  return {
    name: 'naspipe',
    setup(builder) {
      builder.onResolve({ filter: /^[^./]/ }, async ({ path: specifier, kind, resolveDir, importer }) => {
        if (kind === 'entry-point') return undefined;
        if (isBuiltin(specifier)) return { path: specifier, external: true, sideEffects: false };
        const name = packageName(specifier);
        if (name === 'naspipe') {
          const own = await readPackage(files, ownRoot);
          const target = own?.exports?.[`.${specifier.slice(name.length)}`];
          return typeof target === 'string' && target.endsWith('.js')
            ? { path: path.join(ownRoot, target) }
            : refuse('unknown-import', `${importer} imports "${specifier}", which naspipe does not export`);
        }
        const directory = await installedPackage(files, resolveDir, name);
        const version = directory && (await readPackage(files, directory))?.version;
        if (!version)
          return refuse('missing-package', `${importer} imports "${specifier}", which is not installed`);
        packages.set(`${resolveDir}\0${name}`, [resolveDir, name, version]);
        return { path: specifier, external: true, sideEffects: !isBelow(importer, ownRealRoot) };
      });
    },
  };
}

/** The name of a source that is the same wherever the project lies. */
function labelOf(file: string, root: string, own: string): string {
  const label =
    isBelow(file, own) && !isBelow(file, root)
      ? path.join('naspipe', path.relative(own, file))
      : path.relative(root, file);
  return label.split(path.sep).join('/');
}

/** Everything that esbuild found wrong; what was refused above by its own code. */
const sentencesOf = (error: unknown, refused: readonly Failure[]): Failure[] => {
  const errors = (error as BuildFailure).errors;
  if (!Array.isArray(errors)) throw error;
  return errors.map(({ text, location }) => {
    const known = refused.find(({ message }) => message === text);
    if (known !== undefined) return known;
    const [, file] = /^No loader is configured for ".*" files: (.*)$/.exec(text) ?? [];
    if (file !== undefined) {
      return {
        code: 'unbundlable-file',
        message: `${file} cannot be part of a stage's code: only TypeScript, JavaScript and JSON can`,
      };
    }
    const [, lost] = /^Could not resolve "(.*)"$/.exec(text) ?? [];
    const sentence = lost === undefined ? text : `imports "${lost}", which is not there`;
    return {
      code: lost === undefined ? 'bundling' : 'missing-import',
      message: location ? `${location.file}:${location.line}:${location.column + 1} ${sentence}` : sentence,
    };
  });
};

/** How a text is written, so that only an edit of what runs changes it. */
const normalised = {
  format: 'esm',
  platform: 'node',
  target: 'node20',
  charset: 'utf8',
  legalComments: 'none',
  minifyWhitespace: true,
  minifySyntax: true,
  treeShaking: true,
} as const satisfies BuildOptions;

/** Most passes until nothing changes any more; two are usual. */
const PASSES = 6;

/**
 * The text minified again and again until it stays as it is: to esbuild a legal comment (`/*!`, `@license`) is a
 * statement, which is not printed, but keeps what stands around it from being simplified in the first pass.
 */
async function settled(text: string): Promise<string> {
  const { transform } = await import('esbuild');
  let before = text;
  for (let pass = 0; pass < PASSES; pass++) {
    const { code } = await transform(before, { ...normalised, loader: 'js', logLevel: 'silent' });
    if (code === before) break;
    before = code;
  }
  return before;
}

/**
 * Bundles the code of a stage type. Tree-shaken; comments, white space and quotes are normalised away, so that only
 * an edit of what runs changes the text; packages stay outside (except naspipe, which is inlined), JSON is inlined.
 * Nothing is executed. Fails when a file does not parse, an import cannot be found, or a file is native.
 *
 * @param entry absolute path of the stage's module
 * @param root absolute directory of the package that it belongs to
 */
export async function bundleStage(files: Files, entry: string, root: string): Promise<Result<Bundle>> {
  const made = await bundleWithOrigins(files, entry, root);
  return made.ok ? ok(made.value.bundle) : made;
}

/** Digest of those of some files that are naspipe's own rooms. */
async function libraryOf(files: Files, read: readonly string[], own: string): Promise<Digest> {
  const rooms = ['src', 'dist'].map((room) => path.join(own, room));
  const found = read
    .filter((file) => rooms.some((room) => isBelow(file, room)))
    .map(async (file) => [path.relative(own, file), digestBytes(await files.read(file))] as const);
  return digestValue('naspipe/library', Object.fromEntries(await Promise.all(found)));
}

/** As `bundleStage`, with what the bundle was made from. */
export async function bundleWithOrigins(
  files: Files,
  entry: string,
  root: string,
): Promise<Result<{ readonly bundle: Bundle; readonly origins: BundleOrigins }>> {
  const { build } = await import('esbuild');
  const packages = new Map<string, readonly [string, string, string]>();
  const failures: Failure[] = [];
  const [realRoot, realEntry, own] = await Promise.all(
    [root, entry, ownRoot].map((file) => files.realPath(file)),
  );
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: [realEntry!],
      absWorkingDir: realRoot!,
      bundle: true,
      write: false,
      metafile: true,
      ...normalised,
      tsconfigRaw: { compilerOptions: { target: 'es2022', verbatimModuleSyntax: true } },
      logLevel: 'silent',
      plugins: [resolution(files, own!, packages, failures)],
    });
    const output = Object.values(metafile.outputs)[0]!;
    if (!output.exports.includes('default')) {
      const message = `${labelOf(realEntry!, realRoot!, own!)} exports no stage: it needs export default defineStage(…)`;
      return fail({ code: 'no-default-export', message });
    }
    const text = await settled(outputFiles[0]!.text);
    const reached = Object.entries(output.inputs);
    const imported = new Set(output.imports.map((entry) => packageName(entry.path)));
    const sources = await Promise.all(
      reached
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(async ([relative]) => {
          const file = path.resolve(realRoot!, relative);
          return [labelOf(file, realRoot!, own!), digestBytes(await files.read(file))] as const;
        }),
    );
    const read = Object.keys(metafile.inputs).map((relative) => path.resolve(realRoot!, relative));
    const found = [...packages.values()];
    const versions = Object.fromEntries(
      found
        .filter(([, name]) => imported.has(name))
        .map(([, name, version]) => [name, version] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    const bundle = {
      text,
      packages: versions,
      codeDigest: codeDigestOf(text, versions),
      sources: Object.fromEntries(sources.sort(([a], [b]) => (a < b ? -1 : 1))),
      library: await libraryOf(files, read, own!),
    };
    return ok({
      bundle,
      origins: {
        files: read,
        packages: found,
      },
    });
  } catch (error) {
    return fail(...sentencesOf(error, failures));
  }
}
