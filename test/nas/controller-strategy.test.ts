import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import {
  canonicalEncoding,
  controllerStrategy,
  type Encoding,
  enasController,
  enasMicroSpace,
  encodingKey,
  factorisedController,
  ppoController,
} from '../../src/nas/index.ts';
import type { CellSpace } from '../../src/schema/generated/artifacts/search-space.ts';

/** The two branches of a node can change places, so most networks are drawn in several ways. */
const cells: CellSpace = { ...enasMicroSpace(), nodes: 1, operations: ['sep3', 'identity'] };

/** Networks whose normal cell looks at nothing but the last cell are best. */
const worth = (encoding: Encoding): number => [0, 2].filter((at) => encoding[at] === 1).length / 2;

describe.each([
  ['ENAS', () => enasController(cells, createRng(1), { hidden: 8 })],
  ['TuNAS', () => factorisedController(cells)],
  ['PPO', () => ppoController(cells, createRng(1), { hidden: 8 })],
])('%s as a strategy, where several sequences are one network', (_, make) => {
  test('proposes networks in their canonical form, and learns from the sequences that it drew', () => {
    const controller = make();
    const fed: Encoding[] = [];
    const strategy = controllerStrategy(
      cells,
      {
        ...controller,
        feedback: (batch, rate) => {
          fed.push(...batch.map(({ encoding }) => encoding));
          return controller.feedback(batch, rate);
        },
      },
      { batch: 5, rate: () => 0.1 },
    );
    const proposed: Encoding[] = [];
    for (let k = 0; k < 800; k++) {
      const next = strategy.propose(createRng(2).fork(k));
      if (!next.ok) throw new Error(next.failures[0]!.message);
      const { encoding } = next.value;
      proposed.push(encoding);
      strategy.feedback(encoding, { fitness: worth(encoding), costs: [] });
    }
    for (const encoding of proposed) expect(canonicalEncoding(cells, encoding)).toEqual(encoding);
    expect(fed.map((drawn) => encodingKey(canonicalEncoding(cells, drawn)))).toEqual(
      proposed.map(encodingKey),
    );
    expect(fed.some((drawn, k) => encodingKey(drawn) !== encodingKey(proposed[k]!))).toBe(true);
    const mean = (of: readonly Encoding[]) => of.reduce((sum, each) => sum + worth(each), 0) / of.length;
    // 0.5 of what is drawn evenly
    expect(mean(proposed.slice(-100))).toBeGreaterThan(0.75);
  });
});
