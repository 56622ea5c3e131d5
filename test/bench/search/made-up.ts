import { createRng } from '../../../src/base/index.ts';
import {
  type ArchitectureTable,
  architectureTable,
  type ChoiceList,
  eachArchitecture,
} from '../../../src/nas/index.ts';

const CHOICES = 8;
const OPTIONS = 3;

const space: ChoiceList = {
  grammar: 'choices',
  name: 'made-up',
  choices: Array.from({ length: CHOICES }, (_, at) => ({
    id: `layer${at}`,
    block: `layer${at}`,
    what: 'option',
    tag: 'op',
    options: Array.from({ length: OPTIONS }, (_, option) => String(option)),
  })),
};

/**
 * A table that nobody has trained: as many choices as NAS-Bench-Macro has, each option with an effect of its own, each two
 * options of different choices with a smaller one, all drawn at random. Settings that are chosen on such tables have seen
 * nothing of the tables that they are tried on.
 */
export function madeUpTable(seed: number): ArchitectureTable {
  const rng = createRng(seed).fork('made-up table');
  const own = Array.from({ length: CHOICES * OPTIONS }, () => rng.normal());
  const together = Array.from({ length: (CHOICES * OPTIONS) ** 2 }, () => 0.3 * rng.normal());
  const rows = [...eachArchitecture(space)].map((encoding) => {
    const chosen = encoding.map((option, at) => at * OPTIONS + option);
    let effect = 0;
    for (const [k, a] of chosen.entries()) {
      effect += own[a]!;
      for (const b of chosen.slice(k + 1)) effect += together[a * CHOICES * OPTIONS + b]!;
    }
    const accuracy = 0.9 + 0.01 * effect;
    return {
      encoding,
      accuracy,
      costs: { params: 1, macs: 1 + chosen.reduce((sum, option) => sum + option, 0) },
    };
  });
  return architectureTable(space, { provenance: 'predicted', split: 'validation', images: 1 }, rows);
}
