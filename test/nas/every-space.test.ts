import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestValue } from '../../src/base/digest.ts';
import { createRng } from '../../src/base/index.ts';
import { architecture } from '../../src/kinds/architecture.ts';
import { searchSpace } from '../../src/kinds/search-space.ts';
import type { Encoding, SearchSpace } from '../../src/nas/index.ts';
import {
  canonicalEncoding,
  checkSpace,
  childNetwork,
  choiceBlocks,
  choiceGates,
  choicesOf,
  crossover,
  describeArchitecture,
  diffArchitectures,
  encodingKey,
  encodingOf,
  isActive,
  isValidEncoding,
  macsCost,
  mobilenetV3Space,
  mutate,
  neighbours,
  optionCount,
  parseEncoding,
  publishedSpaces,
  randomChoices,
  randomEncoding,
  spaceSize,
} from '../../src/nas/index.ts';
import { sequenceLogProbability } from '../../src/nas/strategies/independent-choices.ts';
import { checkNetwork, countNetwork } from '../../src/net/index.ts';
import { stageSchema } from '../stages/harness.ts';

const sizes = { input: { h: 32, w: 32, c: 1 }, classes: 10 };
const spaces: { readonly [name: string]: SearchSpace } = {
  'mobilenet-v3': mobilenetV3Space({ ...sizes, width: 0.5 }),
  ...Object.fromEntries(Object.entries(publishedSpaces).map(([name, make]) => [name, make(sizes)])),
};

test('these are all spaces that search-space makes by name', async () => {
  const { properties } = (await stageSchema('search-space')) as { properties: { space: { enum: string[] } } };
  expect(Object.keys(spaces).sort()).toEqual([...properties.space.enum].sort());
});

/** Digest of what other stages see of an architecture: its encoding and its space. */
const digestOf = (encoding: Encoding): string => {
  const { choices } = architecture.essences!;
  const seen = { space: '0'.repeat(64), encoding: [...encoding] };
  return digestValue('naspipe/test', choices!.canonical(seen as never));
};

/** One whose networks choose the side of their images, too. */
const sided = publishedSpaces['ofa-mobilenet-v3']({ ...sizes, sides: [20, 24, 32] });

describe.each([...Object.entries(spaces), ['ofa-mobilenet-v3, of several sides', sided] as const])(
  '%s',
  (name, space) => {
    const choices = choiceBlocks(space);
    const draw = (seed: number): Encoding => randomEncoding(space, createRng(seed));
    /** A few pairs of architectures. */
    const pairs = (numRuns: number, hold: (a: Encoding, b: Encoding, seed: number) => void): void =>
      fc.assert(
        fc.property(fc.nat(1_000_000), (seed) => hold(draw(seed), draw(seed + 1_000_001), seed)),
        { numRuns, seed: 1 },
      );

    test('is sound, says its size raw and distinct, and prints itself', () => {
      expect(checkSpace(space)).toEqual({ ok: true, value: space });
      expect(space.name).toBe(name.split(',')[0]);
      const { raw, distinct } = spaceSize(space);
      expect(raw).toBe(choices.reduce((product, { options }) => product * BigInt(options.length), 1n));
      expect(1n < distinct && distinct <= raw).toBe(true);
      const [line] = searchSpace.render(space).split('\n');
      expect(line).toContain(`${Number(distinct).toPrecision(3)} networks`);
      expect(line).toContain(`${Number(raw).toPrecision(3)} encodings`);
      expect(searchSpace.describe(space)).toMatchObject({
        networks: Number(distinct),
        encodings: Number(raw),
      });
    });

    test('samples are canonical, repeat with their seed, and are networks within the range of costs', () => {
      const costs = [macsCost(space)].map((cost) => ({ cost, ...cost.range() }));
      for (const { cost, min, max, minEncoding, maxEncoding } of costs) {
        expect([cost.cost(minEncoding), cost.cost(maxEncoding)]).toEqual([min, max]);
        expect(min).toBeLessThan(max);
      }
      pairs(4, (a, b, seed) => {
        expect(canonicalEncoding(space, a)).toEqual(a);
        expect(draw(seed)).toEqual(a);
        expect(encodingKey(a)).not.toBe(encodingKey(b));
        const network = childNetwork(space, a);
        expect(checkNetwork(network).ok).toBe(true);
        const counts = countNetwork(network);
        for (const { cost, min, max } of costs) {
          expect(cost.cost(a)).toBe(counts[cost.quantity as 'params' | 'macs']);
          expect(min <= cost.cost(a) && cost.cost(a) <= max).toBe(true);
        }
      });
    });

    test('equal networks have equal canonical encodings and digests, others have others', () => {
      pairs(10, (a, b, seed) => {
        const raw = randomChoices(space, createRng(seed));
        const canonical = canonicalEncoding(space, raw);
        expect(canonicalEncoding(space, canonical)).toEqual(canonical);
        expect(parseEncoding(space, raw)).toEqual({ ok: true, value: canonical });
        expect(digestOf(canonicalEncoding(space, raw))).toBe(digestOf(canonical));
        expect(digestOf(a)).not.toBe(digestOf(b));
      });
      pairs(2, (_, __, seed) => {
        const raw = randomChoices(space, createRng(seed));
        const count = (encoding: Encoding) => {
          const { params, macs } = countNetwork(childNetwork(space, encoding));
          return { params, macs };
        };
        expect(count(canonicalEncoding(space, raw))).toEqual(count(raw));
      });
    });

    test('gates draw its architectures, learn from them and derive one', () => {
      const gates = choiceGates(space, createRng(1));
      const batch = Array.from({ length: 3 }, (_, k) => ({
        encoding: gates.sample(createRng(k)),
        reward: k,
      }));
      for (const { encoding } of batch) expect(isValidEncoding(space, encoding)).toBe(true);
      const logOdds = () => {
        const [first, , last] = batch.map(({ encoding }) =>
          sequenceLogProbability({ choices }, gates.distribution(), encoding),
        );
        return last! - first!;
      };
      const before = logOdds();
      expect(gates.reinforce(batch, 0, 0.1)).toEqual({ reward: 1, baseline: 1 });
      expect(logOdds()).toBeGreaterThan(before);
      const derived = gates.derive();
      expect(parseEncoding(space, derived)).toEqual({ ok: true, value: derived });
    });

    test('words and encodings are the same thing', () => {
      pairs(10, (a, b) => {
        expect(encodingOf(space, choicesOf(space, a))).toEqual({ ok: true, value: a });
        expect(describeArchitecture(space, a)).not.toBe(describeArchitecture(space, b));
      });
    });

    test('the differ names what to change, and nothing between equals', () => {
      pairs(10, (a, b) => {
        expect(diffArchitectures(space, a, a)).toEqual([]);
        const words = choicesOf(space, a);
        for (const { choice, from, to } of diffArchitectures(space, a, b)) {
          expect(words[choice]).toBe(from);
          if (to === undefined) delete words[choice];
          else words[choice] = to;
        }
        expect(words).toEqual(choicesOf(space, b));
      });
    });

    test('mutation gives a neighbour; neighbours are others, each once', () => {
      pairs(3, (a, _, seed) => {
        const keys = neighbours(space, a).map(encodingKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(keys).not.toContain(encodingKey(a));
        for (const each of neighbours(space, a).slice(0, 20)) {
          expect(canonicalEncoding(space, each)).toEqual(each);
        }
        const rng = createRng(seed);
        for (let i = 0; i < 5; i++) expect(keys).toContain(encodingKey(mutate(space, a, rng.fork(i))));
      });
    });

    test('crossover takes each option from a parent that has it', () => {
      pairs(10, (a, b, seed) => {
        const rng = createRng(seed);
        expect(crossover(space, a, a, rng.fork('same'))).toEqual(a);
        const child = crossover(space, a, b, rng.fork('other'));
        expect(canonicalEncoding(space, child)).toEqual(child);
        if (space.grammar === 'cells') return; // the branches of a node change places
        for (const at of choices.keys()) {
          const parents = [a, b].filter((parent) => isActive({ choices }, parent, at));
          if (parents.length === 0 || !isActive({ choices }, child, at)) continue;
          // a count that does not go together with the other parent's start is as large as it can be
          if (child[at] === optionCount({ choices }, child, at) - 1 && choices[at]!.limit !== undefined)
            continue;
          expect(parents.map((parent) => parent[at])).toContain(child[at]);
        }
      });
    });
  },
);
