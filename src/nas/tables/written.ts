import type { Result } from '../../base/result.ts';
import { fail } from '../../base/result.ts';
import type { WrittenChoice, WrittenTable } from '../../schema/generated/architecture-table.ts';
import { encodingKey, parseEncoding } from '../space/encoding.ts';
import type { ChoiceBlock, ChoiceList, Condition } from '../space/layout.ts';
import { complete, type TableMistake } from './complete.ts';
import { plainChoice } from './plain-choice.ts';
import type { ArchitectureTable } from './table.ts';

/** Notes a mistake. */
type Note = (path: TableMistake['path'], message: string) => void;

/**
 * The table that a user wrote, of the schema `architecture-table`. Every mistake that the schema cannot see is told, with the
 * way to it: of the choices, else of the rows, else what is missing. Codes: `malformed-table`, `incomplete-table` (an
 * architecture has no row, or two).
 */
export function tableAsWritten(table: WrittenTable): Result<ArchitectureTable, TableMistake> {
  const { name, accuracy, choices, rows } = table;
  const mistakes: TableMistake[] = [];
  const note: Note = (path, message) => mistakes.push({ code: 'malformed-table', message, path });
  const space: ChoiceList = { grammar: 'choices', name, choices: choiceBlocksOf(choices, note) };
  if (mistakes.length > 0) return fail(...mistakes);
  for (const [at, { encoding }] of rows.entries()) {
    const place = ['rows', at, 'encoding'];
    const parsed = parseEncoding(space, encoding);
    if (!parsed.ok) for (const { message } of parsed.failures) note(place, message);
    else if (encodingKey(parsed.value) !== encodingKey(encoding)) {
      note(place, `choices that decide nothing are to be 0: [${parsed.value}]`);
    }
  }
  return mistakes.length > 0 ? fail(...mistakes) : complete(space, accuracy, rows);
}

function choiceBlocksOf(choices: readonly WrittenChoice[], note: Note): ChoiceBlock[] {
  const blocks: ChoiceBlock[] = [];
  for (const [at, { id, options, when }] of choices.entries()) {
    const place = ['choices', at];
    if (blocks.some((other) => other.id === id)) {
      note([...place, 'id'], `there is another choice called ${id}`);
    }
    const conditions =
      when && conditionsOf(when, blocks, (path, message) => note([...place, ...path], message));
    blocks.push(plainChoice(id, options, conditions));
  }
  return blocks;
}

/**
 * What must hold for a choice to decide something, what must hold for the choices above it included; one condition for each
 * choice that has a say.
 */
function conditionsOf(
  when: NonNullable<WrittenChoice['when']>,
  before: readonly ChoiceBlock[],
  note: Note,
): Condition[] {
  const allowedAt = new Map<number, readonly number[]>();
  for (const [above, allowed = []] of Object.entries(when)) {
    const position = before.findIndex((other) => other.id === above);
    const known = before[position];
    if (known === undefined) {
      note(['when', above], `no earlier choice is called ${above}`);
      continue;
    }
    for (const [at, option] of allowed.entries()) {
      if (!known.options.includes(option)) {
        note(['when', above, at], `the choice ${above} has no option "${option}"`);
      }
    }
    const own = { position, options: allowed.map((option) => known.options.indexOf(option)) };
    for (const { position, options } of [...(known.when ?? []), own]) {
      const both = (allowedAt.get(position) ?? options).filter((option) => options.includes(option));
      if (both.length === 0) note(['when'], 'these conditions never hold together');
      allowedAt.set(position, both);
    }
  }
  return [...allowedAt].map(([position, options]) => ({ position, options }));
}
