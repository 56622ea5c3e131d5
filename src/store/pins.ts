import * as path from 'node:path';
import type { Clock } from '../base/clock.ts';
import { isDigest } from '../base/digest.ts';
import type { Files } from '../base/files.ts';
import type { Pin } from '../schema/generated/pin.ts';
import { ensurePlace } from './damage.ts';
import { isTimeId } from './ids.ts';
import type { Layout } from './layout.ts';
import { readSealed, seal } from './seal.ts';

/** What a pin keeps. */
export type Pinned = Pick<Pin, 'of' | 'target'>;

export interface Pins {
  /** Pins something; false when it is pinned already, and stays as it was. */
  add(what: Pinned, note?: string): Promise<boolean>;
  /** Takes a pin away; false when there is none. */
  remove(what: Pinned): Promise<boolean>;
  /** All pins, sorted by name. One whose content is damaged still counts: `at` and `note` are then missing. */
  list(): Promise<readonly (Pinned & Partial<Pick<Pin, 'at' | 'note'>>)[]>;
}

const DOMAIN = 'naspipe pin';
const NAME = /^(run|stage|artifact)-([0-9a-z-]+)\.json$/;

/** What the name of a pin's file says; nothing for another file. */
export function pinnedBy(name: string): Pinned | undefined {
  const [, of, target] = NAME.exec(name) ?? [];
  if (of === undefined || target === undefined) return undefined;
  const fits = of === 'run' ? isTimeId(target) : isDigest(target);
  return fits ? { of: of as Pinned['of'], target } : undefined;
}

export function createPins(files: Files, at: Layout, clock: Clock): Pins {
  const place = ({ of, target }: Pinned) => path.join(at.pins, `${of}-${target}.json`);
  return {
    async add({ of, target }, note) {
      await ensurePlace(files, at, at.pins);
      return files.createExclusive(place({ of, target }), pinText({ of, target }, clock.now(), note));
    },
    async remove(what) {
      if (!(await files.stat(place(what)))) return false;
      await files.remove(place(what));
      await files.syncDirectory(at.pins);
      return true;
    },
    async list() {
      const found = [];
      for (const name of await files.list(at.pins)) {
        const pinned = pinnedBy(name);
        if (pinned === undefined) continue;
        const pin = await readPin(files, place(pinned));
        const more = pin && { at: pin.at, ...(pin.note !== undefined && { note: pin.note }) };
        found.push({ ...pinned, ...more });
      }
      return found;
    },
  };
}

/** The content of a pin's file. `now` in milliseconds since 1970. */
export function pinText({ of, target }: Pinned, now: number, note?: string): string {
  const pin: Pin = seal(DOMAIN, { v: 1 as const, of, target, at: now, ...(note !== undefined && { note }) });
  return `${JSON.stringify(pin, null, 2)}\n`;
}

/** A pin from its file; nothing when it is not whole. */
export async function readPin(files: Files, file: string): Promise<Pin | undefined> {
  const pin = await readSealed<Pin>(files, DOMAIN, file);
  return pin?.v === 1 ? pin : undefined;
}
