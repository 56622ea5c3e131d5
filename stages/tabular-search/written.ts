import { Ajv } from 'ajv';
import schema from '../../schemas/architecture-table.schema.json' with { type: 'json' };
import { fail, type Result } from '../../src/base/result.ts';
import { type ArchitectureTable, tableAsWritten } from '../../src/nas/index.ts';
import type { WrittenTable } from '../../src/schema/generated/architecture-table.ts';
import {
  checkDocument,
  compileSchema,
  formatProblem,
  type Problem,
  parseJson,
  pointerOf,
  valueSpan,
} from '../../src/schema/index.ts';
import { stageFailure } from '../../src/stage/index.ts';

/** Most mistakes that are told: who wrote rows in percent has made as many as there are rows. */
const TOLD = 10;
/** Columns of what is told, so that it stays as it is beside the name of a stage. */
const WIDTH = 60;

/**
 * The table that a user wrote as `schemas/architecture-table.schema.json` says. Ends the stage with `malformed-table` or
 * `incomplete-table` (an architecture has no row, or two) and every mistake at its place.
 */
export function readWritten(text: string, file: string): ArchitectureTable {
  const read = checked(text, file);
  if (read.ok) return read.value;
  const told = read.failures.slice(0, TOLD).map((problem) => formatProblem(problem, WIDTH));
  const more = read.failures.length - told.length;
  if (more > 0) told.push(`and ${more} more`);
  const incomplete = read.failures.every(({ code }) => code === 'incomplete-table');
  throw stageFailure(
    incomplete ? 'incomplete-table' : 'malformed-table',
    [`${file} is no table of architectures`, ...told].join('\n'),
  );
}

function checked(text: string, file: string): Result<ArchitectureTable, Problem> {
  const compiled = compileSchema(schema, () => Ajv);
  if (!compiled.ok)
    throw new Error(`internal error: expected a schema, got ${compiled.failures[0]!.message}`);
  const parsed = parseJson({ name: file, text });
  if (!parsed.ok) return parsed;
  const { document, problems } = checkDocument(compiled.value, parsed.value, (path) => ({
    owner: placeName(path.slice(0, -1)),
    noun: 'field',
    name: placeName(path),
  }));
  if (problems.length > 0) return fail(...problems);
  const table = tableAsWritten(document.value as unknown as WrittenTable);
  if (table.ok) return table;
  return fail(
    ...table.failures.map(({ path, ...failure }) => ({
      ...failure,
      at: valueSpan(document, pointerOf(path)),
    })),
  );
}

/** `rows[3].costs`. */
const placeName = (path: readonly string[]): string =>
  path
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '') || 'the table';
