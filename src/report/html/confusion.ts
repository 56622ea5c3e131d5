import type { Evaluation } from '../../schema/generated/artifacts/evaluation.ts';
import { count, percent } from '../units.ts';
import { at, escapeText, picture } from './markup.ts';

const CELL = 34;
const LEFT = 110;
const TOP = 90;

/** Rows are true classes, columns predicted ones; the darker, the larger the share of its row. */
export function confusionPicture({ confusion, classes }: Pick<Evaluation, 'confusion' | 'classes'>): string {
  const names = classes.map((each) => each.class);
  const labels = names.flatMap((name, index) => [
    `<text x="${LEFT - 6}" y="${TOP + index * CELL + CELL / 2 + 4}" text-anchor="end">${escapeText(name)}</text>`,
    `<text transform="translate(${LEFT + index * CELL + CELL / 2 + 4} ${TOP - 6}) rotate(-50)">${escapeText(name)}</text>`,
  ]);
  const cells = confusion.flatMap((row, truth) => {
    const total = row.reduce((sum, value) => sum + value, 0);
    return row.map((value, predicted) => {
      const share = total === 0 ? 0 : value / total;
      const [x, y] = [LEFT + predicted * CELL, TOP + truth * CELL];
      const title = `${names[truth]} taken for ${names[predicted]}: ${count(value)} of ${count(total)} (${percent(share)})`;
      return (
        `<g><title>${escapeText(title)}</title><rect class="${truth === predicted ? 'right' : 'wrong'}" x="${x}" y="${y}" width="${CELL - 1}" height="${CELL - 1}" fill-opacity="${at(Math.sqrt(share))}"/>` +
        `<text class="small" x="${x + CELL / 2}" y="${y + CELL / 2 + 4}" text-anchor="middle">${value === 0 ? '' : value}</text></g>`
      );
    });
  });
  const side = confusion.length * CELL;
  const axes = [
    `<text class="axis" x="${LEFT - 6}" y="${TOP - 6}" text-anchor="end">true class</text>`,
    `<text class="axis" x="${LEFT + side / 2}" y="${TOP + side + 16}" text-anchor="middle">taken for</text>`,
  ];
  const body = [...axes, ...labels, ...cells].join('');
  return picture('confusion matrix', LEFT + side + 60, TOP + side + 22, body);
}
