import * as path from 'node:path';
import { canonicalJson } from '../base/canonical.ts';
import { digestBytes, type Fingerprint } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { Preimage, StageRecord } from '../schema/generated/record.ts';
import { type Damage, ensurePlace, quarantine } from './damage.ts';
import type { Layout } from './layout.ts';
import type { Objects } from './objects.ts';
import { readSealed, seal } from './seal.ts';

/** The cache key of a stage: sha256 of its pre-image as RFC 8785 text. Fields that do not apply must be absent. */
export const fingerprintOf = (preimage: Preimage): Fingerprint =>
  digestBytes(canonicalJson(preimage)) as Fingerprint;

/** A record before it has a number and a seal. */
export type RecordDraft = Omit<StageRecord, 'n' | 'seal'>;

export interface Lookup {
  /** Highest standing record whose outputs are all in the store; absent: the stage must run. */
  readonly record?: StageRecord;
  /** Which of the fingerprint's records should have equal outputs and have not. */
  readonly diverged?: string;
  /** What was found damaged on the way. */
  readonly damage: readonly Damage[];
}

/**
 * The records that count, in their order: not the acceptances that were taken back, nor the records that took them back.
 *
 * @param records valid records of one fingerprint by rising number
 */
export function standing(records: readonly StageRecord[]): StageRecord[] {
  const revokedAt = records.findLast(({ reason }) => reason === 'revoked')?.n ?? 0;
  return records.filter(({ n, reason }) => reason !== 'revoked' && !(reason === 'accepted' && n < revokedAt));
}

/**
 * Which records of a fingerprint should have equal outputs and have not: `records 1 and 2`; nothing when all are as
 * they should.
 */
export function divergenceAmong(records: readonly StageRecord[]): string | undefined {
  const last = records.findLast(({ divergesFrom }) => divergesFrom !== undefined);
  return last && `records ${last.divergesFrom} and ${last.n}`;
}

/** Source files and packages of the code that a record's fingerprint names, which is not always the code that ran. */
export const codeOf = ({
  accepted,
  lineage,
}: StageRecord): Pick<StageRecord['lineage'], 'sources' | 'packages'> => accepted ?? lineage;

/** Records by fingerprint: the only truth about what has been done. */
export interface Records {
  /** Looks a fingerprint up; outputs are checked by stat signature. */
  find(fingerprint: string): Promise<Lookup>;
  /** Numbers of the records of a fingerprint, rising; damaged ones are among them. */
  numbers(fingerprint: string): Promise<number[]>;
  /** One record, whether or not its outputs are there. */
  read(fingerprint: string, n: number): Promise<StageRecord | undefined>;
  /** All valid records of a fingerprint by rising number, whether or not their outputs are there. */
  list(fingerprint: string): Promise<{ records: readonly StageRecord[]; damage: readonly Damage[] }>;
  /** Writes a record under the next free number: whole, durable, never over another. */
  write(draft: RecordDraft): Promise<StageRecord>;
  /** All fingerprints that have records, sorted. */
  fingerprints(): Promise<string[]>;
}

const NAME = /^([1-9]\d*)\.json$/;
/** Domain of the seal of a record. */
export const RECORD_DOMAIN = 'naspipe record';

export function createRecords(files: Files, at: Layout, objects: Objects): Records {
  async function numbers(fingerprint: string): Promise<number[]> {
    const names = await files.list(path.join(at.records, fingerprint));
    return names
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }

  async function parse(fingerprint: string, n: number): Promise<StageRecord | undefined> {
    const record = await readSealed<StageRecord>(files, RECORD_DOMAIN, at.record(fingerprint, n));
    const valid = record?.v === 1 && record.n === n && fingerprintOf(record.preimage) === fingerprint;
    return valid ? record : undefined;
  }

  async function list(fingerprint: string) {
    const records: StageRecord[] = [];
    const damage: Damage[] = [];
    for (const n of await numbers(fingerprint)) {
      const record = await parse(fingerprint, n);
      if (record) records.push(record);
      else {
        const what = `record ${fingerprint.slice(0, 12)}/${n}`;
        const why = 'it does not have its seal';
        damage.push(await quarantine(files, at, at.record(fingerprint, n), { what, why }));
      }
    }
    return { records, damage };
  }

  return {
    async find(fingerprint) {
      const { records, damage } = await list(fingerprint);
      const found = [...damage];
      for (const record of standing(records).reverse()) {
        let present = true;
        for (const output of Object.values(record.outputs)) {
          const checked = await objects.check(output!.digest);
          present &&= checked.present;
          found.push(...checked.damage);
        }
        const diverged = divergenceAmong(records);
        if (present) return { record, ...(diverged !== undefined && { diverged }), damage: found };
      }
      return { damage: found };
    },
    numbers,
    read: parse,
    list,
    async write(draft) {
      const directory = path.join(at.records, draft.fingerprint);
      await ensurePlace(files, at, directory);
      for (let n = 1 + ((await numbers(draft.fingerprint)).at(-1) ?? 0); ; n++) {
        const record: StageRecord = seal(RECORD_DOMAIN, { ...draft, n });
        const text = `${JSON.stringify(record, null, 2)}\n`;
        if (await files.createExclusive(at.record(draft.fingerprint, n), text)) return record;
      }
    },
    fingerprints: () => files.list(at.records),
  };
}
