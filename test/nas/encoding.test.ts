import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../src/base/index.ts';
import type { Encoding } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  choiceBlocks,
  choicesOf,
  crossover,
  describeArchitecture,
  diffArchitectures,
  encodingKey,
  encodingOf,
  isValidEncoding,
  mutate,
  neighbours,
  parseEncoding,
  randomEncoding,
  spaceSize,
} from '../../src/nas/index.ts';
import { architectures, rawEncodings } from './enumerate.ts';
import { mainSpace, smallSpace } from './spaces.ts';

describe('choice blocks', () => {
  test('are the lists with more than one option, parents first', () => {
    const when = [{ position: 2, options: [0] }];
    expect(choiceBlocks(smallSpace)).toEqual([
      { id: 'one.kernel', block: 'one', what: 'kernel', tag: 'op', options: ['3', '5'] },
      { id: 'one.expansion', block: 'one', what: 'expansion', tag: 'filters', options: ['1', '2', '4'] },
      { id: 'two.block', block: 'two', what: 'block', tag: 'op', options: ['mbconv', 'identity'] },
      { id: 'two.kernel', block: 'two', what: 'kernel', tag: 'op', options: ['3', '5', '7'], when },
      { id: 'two.expansion', block: 'two', what: 'expansion', tag: 'filters', options: ['2', '3'], when },
      {
        id: 'two.squeeze-excite',
        block: 'two',
        what: 'squeeze-excite',
        tag: 'op',
        options: ['off', 'on'],
        when,
      },
      {
        id: 'three.squeeze-excite',
        block: 'three',
        what: 'squeeze-excite',
        tag: 'op',
        options: ['on', 'off'],
      },
    ]);
  });

  test('sizes are those of an enumeration', () => {
    expect(spaceSize(smallSpace)).toEqual({ raw: 288n, distinct: 156n });
    expect(rawEncodings(smallSpace)).toHaveLength(288);
    expect(architectures(smallSpace)).toHaveLength(156);
  });
});

describe('encodings', () => {
  const left: Encoding = [1, 2, 1, 2, 1, 1, 1];

  test('canonical: what decides nothing is 0', () => {
    expect(canonicalEncoding(smallSpace, left)).toEqual([1, 2, 1, 0, 0, 0, 1]);
    expect(choicesOf(smallSpace, left)).toEqual({
      'one.kernel': '5',
      'one.expansion': '4',
      'two.block': 'identity',
      'three.squeeze-excite': 'off',
    });
  });

  test('words and indices say the same', () => {
    for (const encoding of architectures(smallSpace)) {
      expect(encodingOf(smallSpace, choicesOf(smallSpace, encoding))).toEqual({ ok: true, value: encoding });
    }
  });

  test('mistakes are told all at once', () => {
    expect(parseEncoding(smallSpace, [0, 3, 0, 0, 0.5, 0, 0])).toEqual({
      ok: false,
      failures: [
        { code: 'encoding-option', message: 'entry 1 (one.expansion) is 3; it can be 0 = 1, 1 = 2, 2 = 4' },
        { code: 'encoding-option', message: 'entry 4 (two.expansion) is 0.5; it can be 0 = 2, 1 = 3' },
      ],
    });
    expect(parseEncoding(smallSpace, [0])).toEqual({
      ok: false,
      failures: [
        {
          code: 'encoding-length',
          message: 'an encoding of the space small has 7 entries, not 1',
        },
      ],
    });
    expect(
      encodingOf(smallSpace, {
        'one.kernel': '9',
        'one.expansion': '1',
        'two.block': 'identity',
        'four.kernel': '3',
      }),
    ).toEqual({
      ok: false,
      failures: [
        { code: 'unknown-choice', message: 'the space small has no choice block "four.kernel"' },
        { code: 'unknown-option', message: 'one.kernel has no option "9"; it can be 3, 5' },
        { code: 'missing-choice', message: 'three.squeeze-excite is not chosen: one of on, off' },
      ],
    });
    expect(parseEncoding(smallSpace, left)).toEqual({ ok: true, value: [1, 2, 1, 0, 0, 0, 1] });
    expect(isValidEncoding(smallSpace, left)).toBe(true);
  });

  test('random architectures: a permanent sequence, every option as often', () => {
    const rng = createRng(7);
    const drawn = Array.from({ length: 3 }, () => encodingKey(randomEncoding(smallSpace, rng)));
    expect(drawn).toEqual(['0,1,0,1,1,1,0', '1,2,0,2,1,0,1', '1,1,1,0,0,0,1']);
    const counts = choiceBlocks(smallSpace).map(({ options }) => options.map(() => 0));
    for (let k = 0; k < 3000; k++) {
      for (const [at, option] of randomEncoding(smallSpace, rng).entries()) counts[at]![option]! += 1;
    }
    for (const at of [0, 1, 2, 6]) {
      for (const count of counts[at]!) expect(count / 3000).toBeCloseTo(1 / counts[at]!.length, 1);
    }
  });

  test('one line, and differences', () => {
    expect(describeArchitecture(smallSpace, [1, 2, 1, 0, 0, 0, 0])).toBe(
      'one k5e4+se · two – · three k3e3+se',
    );
    expect(diffArchitectures(smallSpace, [1, 2, 1, 0, 0, 0, 0], [1, 0, 0, 2, 0, 0, 0])).toEqual([
      { choice: 'one.expansion', from: '4', to: '1' },
      { choice: 'two.block', from: 'identity', to: 'mbconv' },
      { choice: 'two.kernel', to: '7' },
      { choice: 'two.expansion', to: '2' },
      { choice: 'two.squeeze-excite', to: 'off' },
    ]);
    expect(diffArchitectures(smallSpace, left, canonicalEncoding(smallSpace, left))).toEqual([]);
  });
});

describe('mutation', () => {
  test('changes one choice block and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (seed) => {
        const rng = createRng(seed);
        const before = randomEncoding(mainSpace, rng);
        const after = mutate(mainSpace, before, rng);
        expect(canonicalEncoding(mainSpace, after)).toEqual(after);
        const changed = diffArchitectures(mainSpace, before, after);
        const blocks = new Set(changed.map(({ choice }) => choice.split('.')[0]));
        expect(blocks.size).toBe(1);
        if (changed.length > 1) expect(changed[0]!.choice).toMatch(/\.block$/);
      }),
      { numRuns: 200 },
    );
  });

  test('reaches exactly the neighbours', () => {
    for (const encoding of [
      [0, 1, 0, 1, 1, 0, 1],
      [0, 1, 1, 0, 0, 0, 1],
    ]) {
      const expected = neighbours(smallSpace, encoding).map(encodingKey).sort();
      expect(new Set(expected).size).toBe(expected.length);
      expect(expected).toHaveLength(encoding[2] === 0 ? 9 : 16);
      const rng = createRng(3);
      const reached = Array.from({ length: 2000 }, () => encodingKey(mutate(smallSpace, encoding, rng)));
      expect([...new Set(reached)].sort()).toEqual(expected);
    }
  });
});

describe('crossover', () => {
  test('every option comes from a parent, and both parents are heard', () => {
    const rng = createRng(4);
    const heard = [0, 0];
    for (let k = 0; k < 300; k++) {
      const [a, b] = [randomEncoding(smallSpace, rng), randomEncoding(smallSpace, rng)];
      const child = crossover(smallSpace, a, b, rng);
      expect(canonicalEncoding(smallSpace, child)).toEqual(child);
      const [ofA, ofB, own] = [a, b, child].map((each) => choicesOf(smallSpace, each));
      for (const [choice, option] of Object.entries(own!)) {
        expect([ofA![choice], ofB![choice]]).toContain(option);
        if (ofA![choice] !== ofB![choice]) heard[option === ofA![choice] ? 0 : 1]! += 1;
      }
    }
    expect(heard[0]! / (heard[0]! + heard[1]!)).toBeCloseTo(0.5, 1);
  });

  test('of one parent with itself is that parent', () => {
    for (const each of architectures(smallSpace)) {
      expect(crossover(smallSpace, each, each, createRng(1))).toEqual(each);
    }
  });
});
