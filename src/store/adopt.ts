import * as path from 'node:path';
import type { Files } from '../base/files.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import { reasonOf } from './commit.ts';
import { ensurePlace } from './damage.ts';
import type { Layout } from './layout.ts';
import { moveInto, privateDirectory } from './private.ts';
import type { Records } from './records.ts';
import type { ObjectTree } from './tree.ts';

/** Takes in what another store made. The caller holds the gate, and the lock of each fingerprint that it touches. */
export interface Adoption {
  /**
   * Puts files into a directory of the store, whole and durable, where there is none yet; false when there is. `directory`
   * is relative to the store, with `/`.
   */
  place(directory: string, tree: ObjectTree): Promise<boolean>;
  /**
   * Keeps a record, under the next number of its fingerprint, with where and when it was made; false when the store has the
   * same attempt's already. Its outputs are in the store.
   */
  record(record: StageRecord): Promise<boolean>;
}

export function createAdoption(files: Files, at: Layout, records: Records): Adoption {
  return {
    async place(directory, tree) {
      const place = path.join(at.root, directory);
      if (await files.stat(place)) return false;
      const hidden = await privateDirectory(files, at);
      try {
        for (const [name, bytes] of tree) await files.writeNew(path.join(hidden, name), bytes);
        await files.syncDirectory(hidden);
        await ensurePlace(files, at, path.dirname(place));
        if (!(await moveInto(files, hidden, place))) {
          await files.remove(hidden);
          return false;
        }
      } catch (error) {
        await files.remove(hidden).catch(() => {});
        throw error;
      }
      await files.syncDirectory(path.dirname(place));
      return true;
    },
    async record({ seal: _seal, n: _n, reason: _reason, divergesFrom: _from, ...draft }) {
      const { records: known } = await records.list(draft.fingerprint);
      const digests = (of: StageRecord['outputs']) =>
        JSON.stringify(Object.entries(of).map(([port, output]) => [port, output!.digest]));
      const same = known.some(
        ({ attempt, outputs }) => attempt === draft.attempt && digests(outputs) === digests(draft.outputs),
      );
      if (same) return false;
      const before = known.at(-1);
      const found = await records.find(draft.fingerprint);
      const whole = before !== undefined && found.record?.n === before.n;
      const { outputs, ...facts } = draft;
      // in the order of a commit, so that the file is the same byte for byte
      await records.write({ ...facts, ...reasonOf(before, whole, draft), outputs });
      return true;
    },
  };
}
