import { describe, expect, test } from 'vitest';
import { imports, specifiers } from './imports.ts';

/** Room → the rooms it may know; what these know it may know, too. */
const below: { readonly [room: string]: readonly string[] } = {
  base: [],
  schema: ['base'],
  net: ['base'],
  nas: ['net'],
  data: ['base'],
  stage: ['net', 'schema'],
  train: ['stage', 'net', 'nas', 'data'],
  cpu: ['net', 'base'],
  tf: ['net', 'base'],
  onnx: ['net', 'base'],
  kinds: ['stage', 'nas', 'net', 'data'],
  store: ['base'],
  pipeline: ['schema', 'stage'],
  attempt: ['stage', 'store', 'kinds', 'train', 'cpu', 'tf', 'onnx'],
  executors: ['store', 'base'],
  archive: ['base'],
  transfer: ['archive', 'store', 'stage'],
  engine: ['executors', 'pipeline', 'store', 'kinds', 'stage'],
  report: ['engine', 'kinds', 'store', 'pipeline', 'nas', 'net'],
  check: ['report'],
  cli: [
    'check',
    'report',
    'onnx',
    'transfer',
    'engine',
    'pipeline',
    'store',
    'kinds',
    'stage',
    'schema',
    'base',
  ],
  // a stage type; never another one
  stages: ['stage', 'train', 'nas', 'net', 'data', 'base'],
};

/** Rooms that a room may know, transitively. */
function reach(room: string, seen = new Set<string>()): Set<string> {
  for (const next of below[room] ?? []) {
    if (seen.has(next)) continue;
    seen.add(next);
    reach(next, seen);
  }
  return seen;
}

/** `src/net/shape.ts` → `net`; `stages/evaluate/stage.ts` → `stages`. */
const roomOf = (file: string): string =>
  file.startsWith('stages/') ? 'stages' : (/^src\/([^/]+)\//.exec(file)?.[1] ?? file);

/** Generated types may be imported from everywhere: they hold no code. */
const isGenerated = (file: string): boolean => file.startsWith('src/schema/generated/');

test('the scanner sees every form of import', () => {
  const text = `import type { A } from './a.ts';
import b, {
  c,
} from '../b.ts';
export * from './c.ts';
export type { D } from "./d.ts";
import './e.ts';
const f = await import('./f.ts');
type G = import('./g.ts').G;
const noImport = "from './h.ts'";`;
  expect(specifiers(text)).toEqual(['./a.ts', '../b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts']);
});

describe('imports point down only', async () => {
  const all = await imports('src', 'stages');

  test('every room is known', () => {
    const rooms = new Set(all.map(({ from }) => roomOf(from)));
    expect([...rooms].filter((room) => below[room] === undefined)).toEqual([]);
  });

  test('between rooms, types included', () => {
    const upward = all.filter(({ from, to }) => {
      if (!/^(src|stages)\//.test(to) || isGenerated(to) || roomOf(from) === roomOf(to)) return false;
      return !reach(roomOf(from)).has(roomOf(to));
    });
    expect(upward).toEqual([]);
  });

  test('a stage type knows no other stage type', () => {
    const folder = (file: string) => file.split('/')[1];
    const sideways = all.filter(
      ({ from, to }) => from.startsWith('stages/') && to.startsWith('stages/') && folder(from) !== folder(to),
    );
    expect(sideways).toEqual([]);
  });

  test('nothing of the project reaches outside its rooms; a stage type may have a schema, which is data, in its code', () => {
    const outside = all.filter(
      ({ from, to }) =>
        to.includes('/') &&
        /^(\.\.|test|dist|schemas|pipelines)\b/.test(to) &&
        !(from.startsWith('stages/') && /^schemas\/[\w-]+\.schema\.json$/.test(to)),
    );
    expect(outside).toEqual([]);
  });
});

/** Files that import each other, directly or on a way through others; one such group an element. */
function circles(all: readonly { readonly from: string; readonly to: string }[]): string[][] {
  const graph = new Map<string, string[]>();
  for (const { from, to } of all) graph.set(from, [...(graph.get(from) ?? []), to]);
  const reached = (start: string): Set<string> => {
    const seen = new Set<string>();
    const open = [...(graph.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(graph.get(next) ?? []));
    }
    return seen;
  };
  const within = [...graph.keys()].filter((file) => reached(file).has(file));
  const groups = new Map<string, string[]>();
  for (const file of within) {
    const group = within.filter(
      (other) => file === other || (reached(file).has(other) && reached(other).has(file)),
    );
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

test('circles of imports are seen', () => {
  const edges = ['a b', 'b c', 'c b', 'd d', 'e a'].map((edge) => edge.split(' '));
  expect(circles(edges.map(([from = '', to = '']) => ({ from, to })))).toEqual([['b', 'c'], ['d']]);
});

test('no files import each other in a circle, types included', async () => {
  expect(circles(await imports('src', 'stages'))).toEqual([]);
});
