import type { ArchiveFailure } from '../archive/index.ts';
import type { Files } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import type { RunResult } from '../schema/generated/run-result.ts';
import { fingerprintOf } from '../store/index.ts';
import { RECORD_DOMAIN } from '../store/records.ts';
import { RUN_DOMAINS } from '../store/run-files.ts';
import { unsealed } from '../store/seal.ts';
import { digestOf, MANIFEST, manifestOf, parseManifest } from '../store/tree.ts';
import { readExport } from './read.ts';
import { type Unit, unitsOf } from './units.ts';

/** A run that an archive holds whole. */
export interface VerifiedExport {
  readonly result: RunResult;
  readonly records: readonly StageRecord[];
}

const damaged = (message: string) => fail<ArchiveFailure>({ code: 'archive-damaged', message });

/** Whether the files of an object give the digest that names it. */
export function objectIsWhole({ directory, tree }: Unit): boolean {
  const digest = directory.split('/').at(-1)!;
  const listed = parseManifest(new TextDecoder().decode(tree.get(MANIFEST)));
  if (!listed || digestOf(listed) !== digest) return false;
  const files = new Map(tree);
  files.delete(MANIFEST);
  return (
    listed.entries.every(([path]) => files.has(path)) &&
    files.size === listed.entries.length &&
    digestOf(manifestOf(listed.kind, listed.kindVersion, files)) === digest
  );
}

/** The records among some files, each with its seal and its fingerprint; the name of one that is not so. */
export function recordsIn({ directory, tree }: Unit): StageRecord[] | string {
  const found: StageRecord[] = [];
  for (const [name, bytes] of tree) {
    const record = unsealed<StageRecord>(RECORD_DOMAIN, bytes);
    const whole = record?.v === 1 && directory === `records/${fingerprintOf(record.preimage)}`;
    if (!whole || record.fingerprint !== fingerprintOf(record.preimage)) return `${directory}/${name}`;
    found.push(record);
  }
  return found;
}

/**
 * Reads an exported run from beginning to end without keeping anything: every file has its digest, every artifact the digest
 * that names it, every record its seal, and all that the run's results name is there.
 */
export async function verifyExport(
  files: Files,
  file: string,
): Promise<Result<VerifiedExport, ArchiveFailure>> {
  const objects = new Set<string>();
  const records: StageRecord[] = [];
  let run: string | undefined;
  let result: RunResult | undefined;
  for await (const found of unitsOf(readExport(files, file))) {
    if (!found.ok) return found;
    if ('manifest' in found.value) {
      run = found.value.manifest.run;
      continue;
    }
    const unit = found.value;
    if (unit.what === 'object') {
      if (!objectIsWhole(unit)) return damaged(`${unit.directory} does not have the digest in its name`);
      objects.add(unit.directory.split('/').at(-1)!);
    } else if (unit.what === 'record') {
      const all = recordsIn(unit);
      if (typeof all === 'string') return damaged(`${all} does not have its seal`);
      records.push(...all);
    } else if (unit.what === 'run') {
      const bytes = unit.tree.get('results.json');
      const sealed = bytes && unsealed<RunResult & { seal: string }>(RUN_DOMAINS.results, bytes);
      if (!sealed) return damaged(`${unit.directory}/results.json does not have its seal`);
      const { seal: _, ...rest } = sealed;
      result = rest as RunResult;
    }
  }
  if (result === undefined || result.run !== run) return damaged('it holds no results of its run');
  const named = Object.values(result.stages).flatMap((stage) => Object.values(stage!.outputs));
  const lost = named.find((output) => !objects.has(output!.digest));
  if (lost) return damaged(`it does not hold artifact ${lost.digest.slice(0, 12)}, which its results name`);
  return ok({ result, records });
}
