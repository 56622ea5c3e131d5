import * as fs from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { allCases, expectedFile, playAsProcess, playHere } from './case.ts';

/** `npm run cases:update` writes what is printed; read the diff before you commit it. */
const update = process.env.UPDATE_CASES === '1';

const cases = await allCases();
/** Every so many cases are played once more in a process of their own. */
const SAMPLE = 40;

describe('what is printed, whole', () => {
  test.concurrent.each(cases.map((each) => [`${each.group}/${each.name}`, each] as const))(
    '%s',
    async (_, each) => {
      const printed = await playHere(each);
      if (update) await fs.writeFile(expectedFile(each), printed);
      expect(printed).toBe(await fs.readFile(expectedFile(each), 'utf8'));
    },
  );
});

describe('the same in a process of its own', () => {
  test.concurrent.each(
    cases
      .filter((_, index) => index % SAMPLE === 0)
      .map((each) => [`${each.group}/${each.name}`, each] as const),
  )('%s', async (_, each) => {
    expect(await playAsProcess(each)).toBe(await fs.readFile(expectedFile(each), 'utf8'));
  });
});

test('there are enough of them', () => {
  expect(cases.length).toBeGreaterThan(480);
});
