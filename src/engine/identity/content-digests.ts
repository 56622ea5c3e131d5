import type { Clock } from '../../base/clock.ts';
import { type Digest, digestBytes, digester, digestValue } from '../../base/digest.ts';
import type { FileStat, Files } from '../../base/files.ts';
import { isSettled } from '../../base/settled.ts';
import { systemFailure } from '../../base/system-failure.ts';
import type { Cache } from '../../store/index.ts';
import { fileAt, filesBelow, type ListedFile, Unreadable } from './listing.ts';

/** Relative paths with `/` and digests of bytes. */
type Listing = readonly (readonly [relative: string, digest: Digest])[];

/** What the file system says of some files, and the digest that they had then. */
interface Kept {
  readonly stats: string;
  readonly digest: Digest;
}

interface KeptAll {
  readonly v: 1;
  readonly at: { readonly [absolute: string]: Kept };
}

/** Each file of a directory, with what the file system says and its digest. */
interface KeptFiles {
  readonly v: 1;
  readonly directory: string;
  readonly files: readonly (readonly [relative: string, stat: string, digest: Digest])[];
}

/** Digests that were not asked for again are kept as well, up to so many times the number of those that were. */
const SPARE = 2;

/** Of larger directories the files are not kept one by one: when one changes, all are hashed again. */
const MAX_LISTED = 500_000;

/**
 * Digests of files and directories. What was hashed is not read again for as long as the file system says the same of it
 * (device, inode, size, times of content and of inode), unless it had changed so lately that it could change again unseen.
 */
export interface ContentDigests {
  /** Digest of the bytes of a file that is there. */
  file(file: ListedFile): Promise<Digest>;
  /** Digest of a directory's content: names and bytes, neither its path nor times nor modes. */
  directory(absolute: string): Promise<Digest>;
  /** The files below a directory and their digests. Rejects as `filesBelow` does. */
  files(absolute: string): Promise<Listing>;
  /** The files of a directory when it had the digest that `directory` gave; nothing when that is no longer to be had. */
  filesOf(absolute: string, digest: Digest): Promise<Listing | undefined>;
  /** Keeps what was found for the next time. */
  keep(): Promise<void>;
}

const directoryDigestOf = (listing: Listing): Digest => digestValue('naspipe/directory', listing);

const hashed = (files: Files, listed: readonly ListedFile[]): Promise<Digest[]> =>
  files.hashAll(listed.map(({ real, stat }) => [real, stat.size]));

/** Digest of a directory's content, read in full. */
export async function directoryDigest(files: Files, directory: string): Promise<Digest> {
  const listed = await filesBelow(files, directory);
  const digests = await hashed(files, listed);
  return directoryDigestOf(listed.map(({ relative }, i) => [relative, digests[i]!]));
}

const statText = ({ device, inode, size, modified, changed }: FileStat): string =>
  `${device} ${inode} ${size} ${modified} ${changed}`;

const statsOf = (listed: readonly ListedFile[]): string => {
  const { update, digest } = digester();
  let text = '';
  for (const { relative, stat } of listed) {
    text += `${relative}\0${statText(stat)}\n`;
    if (text.length < 100_000) continue;
    update(Buffer.from(text));
    text = '';
  }
  update(Buffer.from(text));
  return digest();
};

/** One of 256 places, so that lists of directories that nobody names any more do not gather. */
const listPlace = (directory: string): string => `content-files/${digestBytes(directory).slice(0, 2)}.json`;

/** The digests that are kept under a name, such as a pipeline's. */
export function openContentDigests(files: Files, cache: Cache, clock: Clock, name: string): ContentDigests {
  const place = `content/${name}.json`;
  let before: Promise<ReadonlyMap<string, Kept>> | undefined;
  const asked = new Map<string, Kept>();
  const listings = new Map<string, Listing>();
  const running = new Map<string, Promise<Listing | Digest>>();
  let changed = false;

  const known = (): Promise<ReadonlyMap<string, Kept>> => {
    before ??= cache
      .find<KeptAll>(place)
      .then((kept) => new Map(Object.entries(kept?.v === 1 ? kept.at : {})));
    return before;
  };
  const once = <T extends Listing | Digest>(key: string, make: () => Promise<T>): Promise<T> => {
    const made = (running.get(key) as Promise<T> | undefined) ?? make();
    running.set(key, made);
    return made;
  };
  /** The digest kept for a place, if the file system says the same of it. */
  const keptAt = async (absolute: string, stats: string): Promise<Digest | undefined> => {
    const kept = (await known()).get(absolute);
    if (kept?.stats !== stats) return undefined;
    asked.set(absolute, kept);
    return kept.digest;
  };
  const keepAt = (absolute: string, kept: Kept, listed: readonly ListedFile[], started: number): void => {
    if (!listed.every(({ stat }) => isSettled(stat.changed, started))) return;
    asked.set(absolute, kept);
    changed = true;
  };

  const keptFiles = async (absolute: string): Promise<KeptFiles['files']> => {
    const kept = await cache.find<KeptFiles>(listPlace(absolute));
    return kept?.v === 1 && kept.directory === absolute ? kept.files : [];
  };

  /** Hashes the files that the list of the directory does not know as they are now. */
  async function listing(absolute: string, listed: readonly ListedFile[], started: number): Promise<Listing> {
    const old = new Map((await keptFiles(absolute)).map(([relative, ...rest]) => [relative, rest]));
    const texts = listed.map(({ stat }) => statText(stat));
    const found = listed.map(({ relative }, i) => {
      const [stat, digest] = old.get(relative) ?? [];
      return stat === texts[i] ? digest : undefined;
    });
    const unknown = listed.filter((_, i) => found[i] === undefined);
    if (unknown.length === 0 && old.size === listed.length) return whole(listed, found);
    const digests = await hashed(files, unknown);
    let hashedUntil = 0;
    const all = whole(
      listed,
      found.map((digest) => digest ?? digests[hashedUntil++]),
    );
    if (listed.length > MAX_LISTED) return all;
    const trusted = listed.flatMap(({ relative, stat }, i) =>
      found[i] !== undefined || isSettled(stat.changed, started)
        ? [[relative, texts[i]!, all[i]![1]] as const]
        : [],
    );
    const next: KeptFiles = { v: 1, directory: absolute, files: trusted };
    await cache.keep(listPlace(absolute), next);
    return all;
  }

  return {
    file: ({ real, stat }) =>
      once(`file ${real}`, async () => {
        const stats = statText(stat);
        const found = await keptAt(real, stats);
        if (found !== undefined) return found;
        const started = clock.now();
        const [digest] = await files.hashAll([[real, stat.size]]);
        keepAt(real, { stats, digest: digest! }, [{ relative: '', real, stat }], started);
        return digest!;
      }),
    directory: (absolute) =>
      once(`directory ${absolute}`, async () => {
        const started = clock.now();
        const listed = await filesBelow(files, absolute);
        const stats = statsOf(listed);
        const found = await keptAt(absolute, stats);
        if (found !== undefined) return found;
        const all = await listing(absolute, listed, started);
        const digest = directoryDigestOf(all);
        listings.set(absolute, all);
        keepAt(absolute, { stats, digest }, listed, started);
        return digest;
      }),
    files: (absolute) =>
      once(`files ${absolute}`, async () => {
        const started = clock.now();
        return listing(absolute, await filesBelow(files, absolute), started);
      }),
    async filesOf(absolute, digest) {
      const known =
        listings.get(absolute) ?? (await keptFiles(absolute)).map(([name, , of]) => [name, of] as const);
      if (directoryDigestOf(known) === digest) return known;
      const started = clock.now();
      try {
        await fileAt(files, absolute);
        const now = await listing(absolute, await filesBelow(files, absolute), started);
        return directoryDigestOf(now) === digest ? now : undefined;
      } catch (error) {
        if (error instanceof Unreadable || systemFailure(error)) return undefined;
        throw error;
      }
    },
    async keep() {
      if (!changed) return;
      changed = false;
      const spare = [...(await known())].filter(([absolute]) => !asked.has(absolute));
      const at = Object.fromEntries([...asked, ...spare].slice(0, SPARE * asked.size));
      await cache.keep(place, { v: 1, at } satisfies KeptAll);
    },
  };
}

function whole(listed: readonly ListedFile[], digests: readonly (Digest | undefined)[]): Listing {
  return listed.map(({ relative }, i) => [relative, digests[i]!]);
}
