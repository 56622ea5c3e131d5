import type { Files } from './files.ts';

/** A file system that remembers what it was asked. */
export interface Trace {
  readonly files: Files;
  /** Every path that was asked about: its content, the names in it, its times, or whether it is there. */
  readonly paths: ReadonlySet<string>;
  /** Path → the path with every link resolved, where that was asked. */
  readonly real: ReadonlyMap<string, string>;
}

/**
 * Remembers every path that is asked about from now on. What comes out of a computation that knows the world through `files`
 * alone is the same for as long as the file system says the same of those paths. Writing is not remembered.
 */
export function traced(files: Files): Trace {
  const paths = new Set<string>();
  const real = new Map<string, string>();
  const asking =
    <Rest extends unknown[], Answer>(ask: (file: string, ...rest: Rest) => Answer) =>
    (file: string, ...rest: Rest): Answer => {
      paths.add(file);
      return ask(file, ...rest);
    };
  return {
    paths,
    real,
    files: {
      ...files,
      read: asking(files.read),
      readFrom: asking(files.readFrom),
      readChunks: asking(files.readChunks),
      list: asking(files.list),
      stat: asking(files.stat),
      readLink: asking(files.readLink),
      realPath: asking(async (file) => {
        const found = await files.realPath(file);
        real.set(file, found);
        return found;
      }),
      statAll(all) {
        for (const file of all) paths.add(file);
        return files.statAll(all);
      },
      signAll(all, at) {
        for (const file of all) paths.add(file);
        return files.signAll(all, at);
      },
      hashAll(all) {
        for (const [file] of all) paths.add(file);
        return files.hashAll(all);
      },
    },
  };
}
