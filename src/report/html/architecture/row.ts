import { at, escapeText } from '../markup.ts';

/** Pixels from one block to the next, and of a row of them. */
export const STEP = 56;
const ROW = 150;
/** Most blocks beside each other: a page is as wide. */
const BESIDE = 17;
const MIDDLE = 62;

/** A block as it is drawn. */
export interface DrawnBlock {
  readonly id: string;
  /** What it is, in full: shown where the pointer rests. */
  readonly title: string;
  /** Below its id: `24 ch /2`. */
  readonly note: string;
  /** Absent: nothing stands between its input and its output. */
  readonly box?: {
    /** Lines of a few characters: `k5 e6`. */
    readonly label: readonly string[];
    /** Class of its colour. */
    readonly colour: string;
    /** Share of the height that there is, above 0, at most 1. */
    readonly height: number;
    /** A bar on top of it: squeeze-and-excitation. */
    readonly bar: boolean;
  };
}

/** Blocks one after the other, on a line that stands for what flows through them, in as many rows as it takes. */
export function drawRows(blocks: readonly DrawnBlock[]): {
  readonly body: string;
  readonly width: number;
  readonly height: number;
} {
  const rows = Math.ceil(blocks.length / BESIDE);
  const width = 10 + Math.min(blocks.length, BESIDE) * STEP;
  const lines = Array.from({ length: rows }, (_, row) => {
    const there = Math.min(BESIDE, blocks.length - row * BESIDE);
    const y = row * ROW + MIDDLE;
    return `<line class="flow" x1="0" x2="${10 + there * STEP}" y1="${y}" y2="${y}"/>`;
  });
  const drawn = blocks.map((block, index) =>
    drawBlock(block, 10 + (index % BESIDE) * STEP, Math.floor(index / BESIDE) * ROW),
  );
  return { body: lines.join('') + drawn.join(''), width, height: rows * ROW };
}

function drawBlock({ id, title, note, box }: DrawnBlock, x: number, top: number): string {
  const small = (text: string, y: number) =>
    `<text class="small" x="${x + 20}" y="${top + y}" text-anchor="middle">${escapeText(text)}</text>`;
  const below = small(id, ROW - 22) + small(note, ROW - 8);
  const inside = (text: string, y: number) =>
    `<text class="inside" x="${x + 20}" y="${at(top + MIDDLE + 4 + y)}" text-anchor="middle">${escapeText(text)}</text>`;
  const titled = (body: string) => `<g><title>${escapeText(title)}</title>${body}</g>`;
  if (box === undefined) return titled(below);
  const height = box.height * 96;
  const y = top + MIDDLE - height / 2;
  return titled(
    `<rect class="box ${box.colour}" x="${x}" y="${at(y)}" width="40" height="${at(height)}" rx="4"/>` +
      (box.bar ? `<rect class="se" x="${x}" y="${at(y)}" width="40" height="5" rx="2"/>` : '') +
      box.label.map((text, line) => inside(text, (line - (box.label.length - 1) / 2) * 12)).join('') +
      below,
  );
}
