import type { ArchiveFailure, TarFile } from '../archive/index.ts';
import { ok, type Result } from '../base/result.ts';
import type { ExportManifest } from '../schema/generated/export.ts';
import { type Place, placeOf } from './places.ts';
import type { ExportPart } from './read.ts';

/** The files of one directory of an export, together: an artifact, an attempt, a checkpoint, the records of a stage. */
export interface Unit {
  readonly what: Place['what'];
  /** As in a store, with `/`; empty for what stands beside everything. */
  readonly directory: string;
  /** Path below the directory → bytes. */
  readonly tree: ReadonlyMap<string, Uint8Array>;
}

/** Gathers the files of an export, which come directory by directory. */
export async function* unitsOf(
  parts: AsyncIterable<Result<ExportPart, ArchiveFailure>>,
): AsyncGenerator<Result<{ readonly manifest: ExportManifest } | Unit, ArchiveFailure>> {
  let open: { place: Place; tree: Map<string, Uint8Array> } | undefined;
  const closed = () => ok({ what: open!.place.what, directory: open!.place.directory, tree: open!.tree });
  for await (const part of parts) {
    if (!part.ok) return yield part;
    if (part.value.type === 'manifest') {
      yield ok({ manifest: part.value.manifest });
      continue;
    }
    const { path, bytes }: TarFile = part.value.file;
    const place = placeOf(path)!;
    if (open?.place.directory !== place.directory || open.place.what !== place.what) {
      if (open) yield closed();
      open = { place, tree: new Map() };
    }
    open.tree.set(place.name, bytes);
  }
  if (open) yield closed();
}
