import { expect, test } from 'vitest';
import { factsLine } from '../../src/report/facts.ts';

test('facts as a person says them: one of a thing is one, and a coefficient stays behind its name', () => {
  expect(factsLine({ epochs: 1, images: 10_000 })).toBe('1 epoch · 10,000 images');
  expect(factsLine({ epochs: 2, networks: 1, classes: 1 })).toBe('2 epochs · 1 network · 1 classes');
  expect(factsLine({ tau: 1, 'tau from': -1, rho: 0, r2: 1 })).toBe('tau 1 · tau from -1 · rho 0 · r2 1');
});
