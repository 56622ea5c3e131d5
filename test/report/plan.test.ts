import { expect, test } from 'vitest';
import { planLines } from '../../src/report/plan.ts';
import { plainStyle } from '../../src/report/style.ts';
import type { PlannedStage } from '../../src/schema/generated/plan.ts';

const lines = (stages: object[]) => planLines({ stages: stages as PlannedStage[] }, plainStyle);

const fingerprint = 'f'.repeat(64);
const train = { id: 'train', type: 'final-train', status: 'run', fingerprint, expectedMs: 61_000 };

test('cached, run and unknown, each with its reason, and the bill: time and bytes as recorded', () => {
  expect(
    lines([
      { id: 'data', type: 'data-prep', status: 'cached', reason: 'nothing changed' },
      { ...train, reason: 'params.epochs 4 → 3', expectedBytes: 120_000 },
      {
        id: 'evaluate',
        type: 'evaluate',
        status: 'unknown',
        reason: 'until train has run',
        expectedMs: 2000,
      },
      { id: 'new', type: 'evaluate', status: 'unknown', reason: 'until train has run' },
    ]),
  ).toEqual([
    ' cached   data',
    ' run      train     params.epochs 4 → 3                                  ~ 1m01s',
    ' unknown  evaluate  until train has run                                   ~ 2.0s',
    ' unknown  new       until train has run',
    '',
    '1 of 4 stages will run, about 1m01s and 120 kB; 2 more may, about 2.0s and what',
    '1 without history takes, if what they take changes.',
  ]);
});

test('a long reason is told whole', () => {
  const reason = `params.augmentation "${'shift and flip, '.repeat(5)}" → "none"`;
  const [line = ''] = lines([{ ...train, reason }]);
  expect(line).toBe(` run      train  ${reason}  ~ 1m01s`);
});

test('one stage is one stage', () => {
  expect(lines([{ ...train, reason: 'it has not run before' }]).at(-1)).toBe(
    '1 of 1 stage will run, about 1m01s.',
  );
  expect(lines([{ ...train, status: 'cached', reason: '' }]).at(-1)).toBe(
    'Nothing to do: the stage is cached.',
  );
});
