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
  version: 2,
  description: 'How well a cheap accuracy ranks architectures that were trained alone.',
  file: 'correlation.json',
  schema: 'correlation',

  *failures({ kendall, spearman, bySize }): Iterable<Failure> {
    const all = {
      kendall,
      spearman,
      'bySize.kendall': bySize.kendall,
      'bySize.spearman': bySize.spearman,
    };
    for (const [name, { low, high }] of Object.entries(all)) {
      if (low > high) yield inconsistent(`correlation.json: the interval of ${name} ends before it begins`);
    }
  },

  describe: ({ kendall, spearman, bySize, pairs }) => ({
    tau: kendall.value,
    rho: spearman.value,
    'tau by size': bySize.kendall.value,
    architectures: pairs.length,
  }),

  render({ cheap, pairs, images, kendall, spearman, bySize }) {
    const ranked = pairs.toSorted((a, b) => b.trained - a.trained).slice(0, SHOWN);
    return [
      `Kendall's τ ${intervalText(kendall)}, Spearman's ρ ${intervalText(spearman)}`,
      `by MACs alone: τ ${intervalText(bySize.kendall)}, ρ ${intervalText(bySize.spearman)}`,
      `${amount(pairs.length)} architectures, ${cheap} accuracy against that of networks trained alone, ` +
        `${amount(images)} validation images`,
      '',
      table([
        [pairs.length > SHOWN ? `the best ${SHOWN}` : 'architecture', cheap, 'trained alone', 'MACs'],
        ...ranked.map(({ encoding, cheap: value, trained, macs }) => [
          shortened(encoding.join(' ')),
          percent(value),
          percent(trained),
          amount(macs),
        ]),
      ]),
    ].join('\n');
  },

  diff: (a, b) => [
    ...change('cheap', a.cheap, b.cheap),
    ...figureChanges(a.kendall, b.kendall, [['value'], ['low'], ['high']], 'kendall.'),
    ...figureChanges(a.spearman, b.spearman, [['value'], ['low'], ['high']], 'spearman.'),
    ...figureChanges(a.bySize.kendall, b.bySize.kendall, [['value'], ['low'], ['high']], 'bySize.kendall.'),
    ...figureChanges(
      a.bySize.spearman,
      b.bySize.spearman,
      [['value'], ['low'], ['high']],
      'bySize.spearman.',
    ),
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
  const textOf = ({ encoding, cheap, trained, macs }: Correlation['pairs'][number]): string =>
    [...encoding, cheap, trained, macs].join();
  const [first, second] = [a, b].map(({ pairs }) => new Set(pairs.map(textOf)));
  const onlyIn = (one: Set<string>, other: Set<string>): number =>
    [...one].filter((text) => !other.has(text)).length;
  return change('pairs that differ', 0, onlyIn(first!, second!) + onlyIn(second!, first!));
}
