import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFiles } from '../../src/base/files.ts';
import { pipelineSchemaText } from '../../src/pipeline/write-schema.ts';
import { generatedTypes } from '../../src/schema/generate.ts';
import { formatProblem } from '../../src/schema/problem.ts';
import { discoverStageTypes } from '../../src/stage/discovery.ts';
import { repository } from '../engine/project.ts';

test('generated types are those of the schemas (npm run types)', async () => {
  const folder = path.join(repository, 'src/schema/generated');
  const there = new Map<string, string>();
  for (const entry of await fs.readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    there.set(path.relative(folder, file), await fs.readFile(file, 'utf8'));
  }
  const wanted = await generatedTypes(repository);
  expect([...there.keys()].sort()).toEqual([...wanted.keys()].sort());
  for (const [file, text] of wanted) expect(there.get(file) === text, `${file} is current`).toBe(true);
});

test('schemas/pipeline.schema.json is that of the built-in stage types (npm run types)', async () => {
  const { types } = await discoverStageTypes(nodeFiles, repository);
  const text = await fs.readFile(path.join(repository, 'schemas/pipeline.schema.json'), 'utf8');
  expect(text === pipelineSchemaText(types.values())).toBe(true);
});

test('every built-in stage type can be used', async () => {
  const { types, broken, problems } = await discoverStageTypes(nodeFiles, repository);
  expect([...broken.values()].flat().map((problem) => formatProblem(problem))).toEqual([]);
  expect(problems).toEqual([]);
  expect(types.size).toBeGreaterThanOrEqual(10);
});

describe('every schema describes every field', async () => {
  const folder = path.join(repository, 'schemas');
  const names = (await fs.readdir(folder, { recursive: true })).filter((name) =>
    name.endsWith('.schema.json'),
  );

  /** Keywords whose value is no schema, or a condition on fields that are described elsewhere. */
  const skipped = new Set([
    'default',
    'const',
    'enum',
    'examples',
    'if',
    'then',
    'else',
    'not',
    'when',
    'required',
  ]);
  /** Keywords whose value maps names to schemas. */
  const maps = new Set(['properties', 'definitions', 'patternProperties']);

  /** Places of properties that have neither a description nor a reference to something that has one. */
  function undescribed(schema: unknown, at: string): string[] {
    if (typeof schema !== 'object' || schema === null) return [];
    return Object.entries(schema).flatMap(([key, of]) => {
      if (skipped.has(key)) return [];
      if (!maps.has(key)) return undescribed(of, `${at}/${key}`);
      return Object.entries(of as Record<string, { description?: string; $ref?: string }>).flatMap(
        ([name, field]) => {
          const place = `${at}/${key}/${name}`;
          const bare = key === 'properties' && !field.description && !field.$ref;
          return [...(bare ? [place] : []), ...undescribed(field, place)];
        },
      );
    });
  }

  test.each(names)('%s', async (name) => {
    const schema = JSON.parse(await fs.readFile(path.join(folder, name), 'utf8'));
    expect(schema.description).toBeTruthy();
    expect(undescribed(schema, '')).toEqual([]);
  });
});
