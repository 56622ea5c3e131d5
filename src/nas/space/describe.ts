import { describeCells } from './cells.ts';
import type { Encoding } from './encoding.ts';
import { activeChoices, decide } from './encoding.ts';
import type { SearchSpace } from './layout.ts';
import { choiceBlocks, spaceLayout } from './layout.ts';
import { describeMacro } from './macro.ts';
import { describeStacks } from './stacks/describe.ts';

/** An architecture in one line: `b1 k3e4 · b2 k5e6+se · b3 –`; a dash is a block that is left out. */
export function describeArchitecture(space: SearchSpace, encoding: Encoding): string {
  if (space.grammar === 'stacks') return describeStacks(space, encoding);
  if (space.grammar === 'macro') return describeMacro(space, encoding);
  if (space.grammar === 'cells') return describeCells(space, encoding);
  return spaceLayout(space)
    .blocks.map((layout) => {
      const { block } = layout;
      const { present, kernel, expansion, squeezeExcite } = decide(layout, encoding);
      if (!present) return `${block.id} –`;
      const se = block.squeezeExcite[squeezeExcite] ? '+se' : '';
      return `${block.id} k${block.kernel[kernel]}e${block.expansion[expansion]}${se}`;
    })
    .join(' · ');
}

/** One choice block in which two architectures differ; an option is absent where its block is left out. */
export interface ArchitectureDifference {
  readonly choice: string;
  readonly from?: string;
  readonly to?: string;
}

/** The choice blocks in which two architectures of one space differ, in the order of the space. */
export function diffArchitectures(space: SearchSpace, a: Encoding, b: Encoding): ArchitectureDifference[] {
  const layout = { choices: choiceBlocks(space) };
  const [activeA, activeB] = [activeChoices(layout, a), activeChoices(layout, b)];
  const result: ArchitectureDifference[] = [];
  for (const [position, { id, options }] of layout.choices.entries()) {
    const from = activeA[position] ? options[a[position]!] : undefined;
    const to = activeB[position] ? options[b[position]!] : undefined;
    if (from === to) continue;
    result.push({
      choice: id,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  }
  return result;
}
