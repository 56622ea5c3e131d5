import { canonicalJson, type Json } from '../base/canonical.ts';
import { digestValue } from '../base/digest.ts';
import { problems } from '../schema/catalogue.ts';
import {
  type JsonDocument,
  keySpan,
  overlay,
  type Pointer,
  pointerOf,
  valueSpan,
  writtenAt,
} from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import { isObject } from './wiring.ts';

/** Most cells that a matrix and seeds may make together. */
export const maximumCells = 1000;

/** One thing that differs from cell to cell. */
export interface Dimension {
  /** Its name in the ids of stages: the param, or `seed`. */
  readonly name: string;
  /** The stage that it changes; absent for the seed, which changes those that are random. */
  readonly stage?: string;
  /** Path below `stages`; absent for the seed. */
  readonly path?: readonly string[];
  readonly values: readonly { readonly label: string; readonly value: Json; readonly at: Pointer }[];
}

/** One combination of values: a pipeline as it would be written for it alone. */
export interface Cell {
  readonly document: JsonDocument;
  readonly seed: number;
  /** Dimension → label of its value here. */
  readonly labels: ReadonlyMap<string, string>;
}

/** The seeds of a pipeline that asks for several: the first is the pipeline's own, so that asking for more reruns none. */
export const subSeed = (seed: number, index: number): number =>
  index === 0 ? seed : Number.parseInt(digestValue('naspipe/sub-seed', [seed, index]).slice(0, 13), 16);

/**
 * How the values of a row are called in ids: by themselves where they are short and plain, else by the beginning of
 * their digest.
 */
function labelsOf(values: readonly Json[]): string[] {
  const plain = values.map((value) => leavesOf(value).map(textOf).join('-'));
  return values.map((value, index) => {
    const label = plain[index]!;
    const isPlain = /^[\w.+-]{1,40}$/.test(label) && !/^\.+$/.test(label);
    // objects of other members may have the same leaves
    const isAlone = typeof value !== 'object' || plain.filter((other) => other === label).length === 1;
    return isPlain && isAlone ? label : digestValue('naspipe/value', value).slice(0, 8);
  });
}

const textOf = (leaf: Json): string => (typeof leaf === 'string' ? leaf : canonicalJson(leaf));

/** What an object or a list holds, in its order; a plain value alone. */
const leavesOf = (value: Json): Json[] =>
  typeof value === 'object' && value !== null ? Object.values(value).flatMap(leavesOf) : [value];

type Loose = { readonly [key: string]: Json };

/** Whether a row may change this of a stage: something inside its params or inputs, or its preset. */
const isPlace = (inside: readonly string[]): boolean =>
  inside.length >= 2 || (inside.length === 1 && inside[0] === 'preset');

/** Rows of the matrix and the seeds. The forms were checked against the schema; other forms give nothing. */
export function dimensionsOf(document: JsonDocument): {
  readonly dimensions: readonly Dimension[];
  readonly problems: readonly Problem[];
} {
  const { matrix = {}, seeds, seed = 0, stages } = document.value as Loose;
  const found: Problem[] = [];
  const rows = Object.entries(matrix as Loose);
  const lastNames = rows.map(([key]) => key.split('.').at(-1)!);
  const dimensions = rows.flatMap(([key, values]): Dimension[] => {
    const at = pointerOf(['matrix', key]);
    const path = key.split('.');
    const [stage = '', ...inside] = path;
    const last = path.at(-1)!;
    if (!isPlace(inside)) {
      found.push(problems.matrixKey(keySpan(document, at)));
      return [];
    }
    if (!Object.hasOwn(stages as Loose, stage)) {
      const known = Object.keys(stages as Loose);
      found.push(problems.unknownName(keySpan(document, at), 'the pipeline', 'stage', stage, known));
      return [];
    }
    const whole = ['stages', ...path];
    const where = document.written().get(pointerOf(whole));
    if (where?.value.source.name === '--set') found.push(problems.setInMatrix(where.key ?? where.value, key));
    if (overlay(document, whole, document, keySpan(document, at)) === undefined) {
      found.push(problems.matrixKey(keySpan(document, at)));
      return [];
    }
    const unique = lastNames.filter((name) => name === last).length === 1 && last !== 'seed';
    return [
      {
        name: unique ? last : `${stage}.${last}`,
        stage,
        path,
        values: labelsOf(values as Json[]).map((label, index) => ({
          label,
          value: (values as Json[])[index]!,
          at: `${at}/${index}`,
        })),
      },
    ];
  });
  if (Array.isArray(seeds)) {
    if (document.written().has('/seed')) found.push(problems.seedUnused(keySpan(document, '/seed')));
    const values = seeds.map((value, index) => ({ label: String(value), value, at: `/seeds/${index}` }));
    dimensions.push({ name: 'seed', values });
  } else if (typeof seeds === 'number') {
    const values = Array.from({ length: seeds }, (_, index) => ({
      label: String(index + 1),
      value: subSeed(seed as number, index),
      at: '/seeds',
    }));
    dimensions.push({ name: 'seed', values });
  }
  for (const { values } of dimensions) {
    const labels = new Set<string>();
    for (const { label, at } of values) {
      if (labels.has(label)) found.push(problems.matrixRepeats(valueSpan(document, at), label));
      labels.add(label);
    }
  }
  const size = dimensions.reduce((product, { values }) => product * values.length, 1);
  if (size > maximumCells) {
    const at = keySpan(document, rows.length > 0 ? '/matrix' : '/seeds');
    found.push(problems.matrixSize(at, size, maximumCells));
  }
  return { dimensions, problems: found };
}

/** The part of a document at a pointer, as a document of its own. */
function part(document: JsonDocument, at: Pointer, value: Json): JsonDocument {
  const found = [...document.written()].flatMap(([place, where]) =>
    place === at || place.startsWith(`${at}/`)
      ? [[place.slice(at.length), { value: where.value }] as const]
      : [],
  );
  const written = new Map(found);
  return { source: document.source, value, written: () => written };
}

/**
 * The document with the first value of each row of its matrix where the stage itself says nothing, so that what only the
 * matrix gives is not missed. Rows of other forms, or of stages that there are not, are left for who tells their mistakes.
 */
export function filledFromMatrix(document: JsonDocument): JsonDocument {
  const { matrix, stages } = (document.value ?? {}) as Loose;
  if (!isObject(matrix) || !isObject(stages)) return document;
  return Object.entries(matrix).reduce((filled, [key, values]) => {
    const path = ['stages', ...key.split('.')];
    const first = Array.isArray(values) ? values[0] : undefined;
    const isSaid = document.written().has(pointerOf(path));
    if (first === undefined || isSaid || !isPlace(path.slice(2)) || !isObject(stages[path[1]!] as Json))
      return filled;
    const at = `${pointerOf(['matrix', key])}/0`;
    const place = writtenAt(document, at).value;
    return overlay(filled, path, part(document, at, first as Json), place) ?? filled;
  }, document);
}

/** Every combination of values, the last dimension changing fastest; one cell when there are no dimensions. */
export function cellsOf(document: JsonDocument, dimensions: readonly Dimension[]): Cell[] {
  const { seed = 0 } = (document.value ?? {}) as { readonly seed?: number };
  let cells: Cell[] = [{ document, seed, labels: new Map() }];
  for (const { name, path, values } of dimensions) {
    const parts = values.map(({ value, at }) => part(document, at, value));
    cells = cells.flatMap((cell) =>
      values.map(({ label, value, at }, index) => {
        const labels = new Map(cell.labels).set(name, label);
        if (path === undefined) return { ...cell, labels, seed: value as number };
        const changed = overlay(
          cell.document,
          ['stages', ...path],
          parts[index]!,
          writtenAt(document, at).value,
        );
        if (changed === undefined) throw new Error(`internal error: expected a place for ${at}, got none`);
        return { ...cell, labels, document: changed };
      }),
    );
  }
  return cells;
}
