import { appendFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { nodeFiles } from '../../src/base/files.ts';
import { followJournal, openJournal, readJournal } from '../../src/store/index.ts';
import { parseSumLine, sumLine } from '../../src/store/lines.ts';
import { temporaryStore } from './fixture.ts';

const file = async () => path.join((await temporaryStore()).root, 'journal.jsonl');
const sentences = (entries: readonly { event: { type: string; sentence?: string } }[]) =>
  entries.map(({ event }) => event.sentence);

test('lines come back in order; a torn tail and a broken line are left out', async () => {
  const at = await file();
  const journal = openJournal(nodeFiles, at, 'a', systemClock);
  journal.write({ type: 'note', sentence: 'one' });
  await appendFile(at, '{"v":1,"seq":\n');
  journal.write({ type: 'note', sentence: 'zwei\nünd' });
  await appendFile(at, '{"v":1,"seq":3,"event":{"ty');
  const entries = await readJournal(nodeFiles, at);
  expect(sentences(entries)).toEqual(['one', 'zwei\nünd']);
  expect(entries.map(({ seq, attempt }) => [seq, attempt])).toEqual([
    [1, 'a'],
    [2, 'a'],
  ]);
});

test('a flipped bit in a line is found, wherever it is', () => {
  const line = sumLine({ v: 1, seq: 1, at: 12, attempt: 'a', event: { type: 'note', sentence: 'one' } });
  for (let at = 0; at < line.length - 1; at++) {
    const bytes = new TextEncoder().encode(line);
    bytes[at]! ^= 1;
    expect(parseSumLine(new TextDecoder().decode(bytes)), `${at}`).toBeUndefined();
  }
  expect(parseSumLine(line)).toMatchObject({ at: 12 });
});

test('a journal that is not there is empty', async () => {
  expect(await readJournal(nodeFiles, await file())).toEqual([]);
});

test('following sees every line once, lines written in pieces too, and ends after a last look', async () => {
  const at = await file();
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const seen: (string | undefined)[] = [];
  const following = (async () => {
    for await (const { event } of followJournal(nodeFiles, at, ended, 2)) {
      seen.push(event.type === 'note' ? event.sentence : undefined);
    }
  })();
  const line = (sentence: string) =>
    sumLine({ v: 1, seq: 1, at: 0, attempt: 'a', event: { type: 'note', sentence } });
  await writeFile(at, line('one'));
  await sleep(10);
  const bytes = Buffer.from(line('ä'));
  for (let i = 0; i < bytes.length; i += 9) {
    await appendFile(at, bytes.subarray(i, i + 9));
    await sleep(3);
  }
  await appendFile(at, line('last'));
  finish();
  await following;
  expect(seen).toEqual(['one', 'ä', 'last']);
});
