import * as path from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { digestValue } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { areUnchanged, type Signatures, signaturesOf } from '../../base/signatures.ts';
import { type Bundle, type BundleOrigins, bundleWithOrigins, codeDigestOf } from '../../stage/bundle.ts';
import { bundleOf, type StageType } from '../../stage/discovery.ts';
import { installedPackage, ownRoot, readPackage } from '../../stage/package.ts';
import type { Cache } from '../../store/index.ts';

/** The code of a stage type. Its text is fetched only when it must run. */
export interface Code extends Omit<Bundle, 'text'> {
  /** It was bundled before: nothing but what was asked of the file system says that it is still so. */
  readonly kept: boolean;
  /** Fails with `code-changed` when the text is no longer to be had. */
  text(): Promise<Result<string>>;
}

/** What the cache holds of a bundle: the facts, and what must be as it was for them to hold. */
interface Kept {
  readonly facts: Omit<Bundle, 'text'>;
  /** Of the sources, of their directories (a new neighbour may be what an import now finds), of package.json files. */
  readonly signatures: Signatures;
  /** Places above the sources where no package.json was. */
  readonly absent: readonly string[];
  readonly packages: BundleOrigins['packages'];
}

/** Raised when the same sources are bundled in another way. */
const BUNDLING = 2;

const keyOf = ({ module, root }: StageType): string =>
  `code/${digestValue('naspipe/code-cache', { module, root, ownRoot, bundling: BUNDLING }).slice(0, 32)}`;

/** Directories from that of a file up to the first that is a package's, or the file system's root. */
function* upTo(packages: ReadonlySet<string>, file: string): Generator<string> {
  for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
    yield directory;
    if (packages.has(directory) || path.dirname(directory) === directory) return;
  }
}

/** What decided a bundle, as the file system has it now; nothing when that cannot be said. */
async function keptOf(
  files: Files,
  type: StageType,
  { facts, origins }: { facts: Kept['facts']; origins: BundleOrigins },
  at: number,
): Promise<Kept | undefined> {
  const esbuild = await installedPackage(files, ownRoot, 'esbuild');
  const version = esbuild && (await readPackage(files, esbuild))?.version;
  if (version === undefined) return undefined;
  const roots = new Set(await Promise.all([type.root, ownRoot].map((root) => files.realPath(root))));
  const above = new Set(origins.files.flatMap((file) => [...upTo(roots, file)]));
  const manifests = [...above].map((directory) => path.join(directory, 'package.json'));
  const found = await files.statAll(manifests);
  const present = manifests.filter((_, i) => found[i] !== undefined);
  const own = new Set(origins.files.map((file) => path.dirname(file)));
  const signatures = await signaturesOf(files, [...origins.files, ...own, ...present], at);
  return (
    signatures && {
      facts,
      signatures,
      absent: manifests.filter((_, i) => found[i] === undefined),
      packages: [...origins.packages, [ownRoot, 'esbuild', version]],
    }
  );
}

/** Whether bundling again would give the same. */
async function holds(files: Files, { signatures, absent, packages }: Kept): Promise<boolean> {
  if (!(await areUnchanged(files, signatures))) return false;
  if ((await files.statAll(absent)).some((stat) => stat !== undefined)) return false;
  for (const [from, name, version] of packages) {
    const directory = await installedPackage(files, from, name);
    if (directory === undefined || (await readPackage(files, directory))?.version !== version) return false;
  }
  return true;
}

/** Bundles a stage type and keeps what that gave. */
async function bundled(files: Files, type: StageType, cache: Cache, clock: Clock): Promise<Result<Bundle>> {
  const started = clock.now();
  const made = await bundleWithOrigins(files, type.module, type.root);
  if (!made.ok) return made;
  const { bundle, origins } = made.value;
  const { text, ...facts } = bundle;
  const kept = await keptOf(files, type, { facts, origins }, started);
  if (kept !== undefined) {
    await cache.keep(`${keyOf(type)}-text.json`, { text });
    await cache.keep(`${keyOf(type)}.json`, kept);
  }
  return ok(bundle);
}

const withText = ({ text, ...facts }: Bundle, kept: boolean): Code => ({
  ...facts,
  kept,
  text: async () => ok(text),
});

/**
 * The code of a stage type as it is now: from the cache when nothing that decided it has changed since, going by the
 * file system's word (size, inode, times); else bundled. Nothing is executed. Fails as `bundleStage` does.
 */
export async function codeOf(
  files: Files,
  type: StageType,
  cache: Cache,
  clock: Clock,
): Promise<Result<Code>> {
  if (type.prebundled) {
    const ready = await bundleOf(files, type);
    return ready.ok ? ok(withText(ready.value, true)) : ready;
  }
  const kept = await cache.find<Kept>(`${keyOf(type)}.json`);
  if (kept === undefined || !(await holds(files, kept))) {
    const made = await bundled(files, type, cache, clock);
    return made.ok ? ok(withText(made.value, false)) : made;
  }
  const { facts } = kept;
  return ok({
    ...facts,
    kept: true,
    async text() {
      const text = (await cache.find<{ readonly text: string }>(`${keyOf(type)}-text.json`))?.text;
      if (text !== undefined && codeDigestOf(text, facts.packages) === facts.codeDigest) return ok(text);
      const again = await bundled(files, type, cache, clock);
      if (!again.ok || again.value.codeDigest === facts.codeDigest) {
        return again.ok ? ok(again.value.text) : again;
      }
      const message = `the code of "${type.name}" changed after it was looked at; run again`;
      return fail({ code: 'code-changed', message });
    },
  });
}
