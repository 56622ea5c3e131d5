import * as path from 'node:path';
import { type Files, readTextIfWhole } from '../../base/files.ts';
import { FORMAT, formatText, parseFormat } from '../format.ts';
import { isTemporary, type Layout } from '../layout.ts';
import { pinnedBy, pinText, readPin } from '../pins.ts';
import { type Checked, type Finding, stray } from './finding.ts';

/** What may lie in a store's root besides its parts: what says how to read it, and what an unpacked export has. */
const BESIDES = new Set(['README.md', 'LICENCES.md', 'export.json']);

/** Checks `store.json`, and that every part of the store is a directory with nothing beside it. */
export async function checkRoot(files: Files, at: Layout): Promise<Checked> {
  const findings: Finding[] = [];
  if (parseFormat(await readTextIfWhole(files, at.format)) !== FORMAT) {
    const [why, text] = ['it is damaged', formatText];
    findings.push({ part: 'store', what: 'store.json', why, path: at.format, remedy: 'rewrite', text });
  }
  const parts = new Set(
    Object.values(at).flatMap((place) =>
      typeof place === 'string' && place !== at.format
        ? path.relative(at.root, place).split(path.sep)[0]!
        : [],
    ),
  );
  for (const name of await files.list(at.root)) {
    const place = path.join(at.root, name);
    if (parts.has(name)) {
      const kind = (await files.stat(place))?.kind;
      if (kind === 'directory') continue;
      const why =
        kind === 'link'
          ? 'it is a link; a store lies elsewhere as a whole, by --store'
          : 'it is no directory';
      findings.push(stray('store', name, why, place));
    } else if (place !== at.format && !name.startsWith('.') && !BESIDES.has(name)) {
      findings.push(stray('store', name, 'it is no part of a store', place));
    }
  }
  return { count: 1, findings };
}

/** Checks every pin. What a damaged one pins is told by its name. */
export async function checkPins(files: Files, at: Layout, now: number): Promise<Checked> {
  const findings: Finding[] = [];
  const names = (await files.list(at.pins)).filter((name) => !isTemporary(name));
  for (const name of names) {
    const place = path.join(at.pins, name);
    const what = `pin ${name}`;
    const pinned = pinnedBy(name);
    if (pinned === undefined) {
      findings.push(stray('pin', what, 'it is no pin', place));
      continue;
    }
    const pin = await readPin(files, place);
    if (pin?.of === pinned.of && pin.target === pinned.target) continue;
    const why = 'it cannot be read; its name still counts';
    findings.push({ part: 'pin', what, why, path: place, remedy: 'rewrite', text: pinText(pinned, now) });
  }
  return { count: names.length, findings };
}
