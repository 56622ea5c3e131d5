import type { Failure } from '../base/result.ts';
import type { Correlation } from '../stage/artifacts.ts';
import { change, figureChanges } from './changes.ts';
import { singleFileKind } from './single.ts';
import { amount, percent, table } from './text.ts';
import { inconsistent } from './value.ts';

/** Architectures shown. */
const SHOWN = 20;

/** `correlation.json`. */
export const correlation = singleFileKind<Correlation>({
  kind: 'correlation',
  version: 1,
  description: 'How well a cheap accuracy ranks architectures that were trained alone.',
  file: 'correlation.json',
  schema: 'correlation',

  *failures({ kendall, spearman }): Iterable<Failure> {
    for (const [name, { low, high }] of Object.entries({ kendall, spearman })) {
      if (low > high) yield inconsistent(`correlation.json: the interval of ${name} ends before it begins`);
    }
  },

  describe: ({ kendall, spearman, pairs }) => ({
    tau: kendall.value,
    rho: spearman.value,
    architectures: pairs.length,
  }),

  render({ cheap, pairs, images, kendall, spearman }) {
    const ranked = pairs.toSorted((a, b) => b.trained - a.trained).slice(0, SHOWN);
    return [
      `Kendall's τ ${intervalText(kendall)}, Spearman's ρ ${intervalText(spearman)}`,
      `${amount(pairs.length)} architectures, ${cheap} accuracy against that of networks trained alone, ` +
        `${amount(images)} validation images`,
      '',
      table([
        [pairs.length > SHOWN ? `the best ${SHOWN}` : 'architecture', cheap, 'trained alone'],
        ...ranked.map(({ encoding, cheap: value, trained }) => [
          shortened(encoding.join(' ')),
          percent(value),
          percent(trained),
        ]),
      ]),
    ].join('\n');
  },

  diff: (a, b) => [
    ...change('cheap', a.cheap, b.cheap),
    ...figureChanges(a.kendall, b.kendall, [['value'], ['low'], ['high']], 'kendall.'),
    ...figureChanges(a.spearman, b.spearman, [['value'], ['low'], ['high']], 'spearman.'),
    ...change('architectures', a.pairs.length, b.pairs.length),
    ...change('images', a.images, b.images),
    ...change('resamples', a.resamples, b.resamples),
    ...pairChanges(a, b),
  ],
});

const intervalText = ({ value, low, high }: Correlation['kendall']): string =>
  `${value.toFixed(2)} (${low.toFixed(2)} … ${high.toFixed(2)})`;

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

function pairChanges(a: Correlation, b: Correlation) {
  const textOf = ({ encoding, cheap, trained }: Correlation['pairs'][number]): string =>
    [...encoding, cheap, trained].join();
  const [first, second] = [a, b].map(({ pairs }) => new Set(pairs.map(textOf)));
  const onlyIn = (one: Set<string>, other: Set<string>): number =>
    [...one].filter((text) => !other.has(text)).length;
  return change('pairs that differ', 0, onlyIn(first!, second!) + onlyIn(second!, first!));
}
