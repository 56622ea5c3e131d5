import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { nodeFiles, readText } from '../base/files.ts';

/**
 * Writes the TypeScript type of every schema below `schemas/` to `src/schema/generated/`, mirroring the folders.
 * A stage's schema gives `Params`, and `Inputs` and `Outputs` (port → kind name) from its `x-stage`.
 */

interface Port {
  /** Absent for an output whose kind is that of an input. */
  readonly kind?: string;
  readonly optional?: boolean;
  readonly essence?: string;
  readonly many?: boolean;
}

export interface StageSchema extends JSONSchema {
  readonly 'x-stage'?: {
    readonly inputs?: Readonly<Record<string, Port>>;
    readonly outputs?: Readonly<Record<string, Port>>;
  };
}

const portsType = (name: string, ports: Readonly<Record<string, Port>> = {}): string => {
  const lines = Object.entries(ports).map(([port, { kind = 'any', optional, essence, many }]) => {
    const type =
      essence === undefined ? `'${kind}'` : `{ readonly kind: '${kind}'; readonly essence: '${essence}' }`;
    const list = many ? `readonly ${essence === undefined ? type : `(${type})`}[]` : type;
    return `  readonly ${JSON.stringify(port)}${optional ? '?' : ''}: ${list};\n`;
  });
  return `\nexport type ${name} = {\n${lines.join('')}};\n`;
};

/** The schema as it holds once defaults are applied: a field with a default is never absent. */
function withDefaults(schema: JSONSchema): JSONSchema {
  const { properties, oneOf, ...rest } = schema;
  if (oneOf) return { ...rest, oneOf: oneOf.map(withDefaults) };
  if (!properties) return schema;
  const named = new Set(Array.isArray(schema.required) ? schema.required : []);
  const required = Object.keys(properties).filter(
    (key) => named.has(key) || properties[key]?.default !== undefined,
  );
  const inner = Object.entries(properties).map(([key, value]) => [key, withDefaults(value)]);
  return { ...rest, properties: Object.fromEntries(inner), required };
}

/** The TypeScript text generated from one schema; `directory` is where its relative `$ref`s point from. */
export async function typesOf(schema: StageSchema, name: string, directory: string): Promise<string> {
  const stage = schema['x-stage'];
  const { 'x-stage': _, allOf, ...fields } = schema;
  // Conditions between params (`allOf` of if/then) have no counterpart in the type.
  const shape = stage
    ? { ...withDefaults(fields), title: 'Params' }
    : { ...fields, ...(allOf && { allOf }), title: schema.title ?? name };
  const text = await compile(shape, name, {
    additionalProperties: false,
    bannerComment: '/* Generated from the schema by `npm run types`: do not edit. */',
    cwd: directory,
    format: false,
    ignoreMinAndMaxItems: true,
    strictIndexSignatures: true,
  });
  return stage ? text + portsType('Inputs', stage.inputs) + portsType('Outputs', stage.outputs) : text;
}

async function* schemaFiles(directory: string): AsyncGenerator<string> {
  for (const entry of await nodeFiles.list(directory)) {
    const file = path.join(directory, entry);
    if ((await nodeFiles.stat(file))?.kind === 'directory') yield* schemaFiles(file);
    else if (entry.endsWith('.schema.json')) yield file;
  }
}

/** Relative path below `generated/` → text, for every schema below `root/schemas` but that of pipelines. */
export async function generatedTypes(root: string): Promise<Map<string, string>> {
  const schemas = path.join(root, 'schemas');
  const texts = new Map<string, string>();
  for await (const file of schemaFiles(schemas)) {
    if (file === path.join(schemas, 'pipeline.schema.json')) continue; // for editors: nothing here reads a pipeline by its type
    const schema = JSON.parse(await readText(nodeFiles, file)) as StageSchema;
    const relative = path.relative(schemas, file).replace(/\.schema\.json$/, '.ts');
    texts.set(relative, await typesOf(schema, path.basename(relative, '.ts'), path.dirname(file)));
  }
  return texts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
  const target = path.join(root, 'src/schema/generated');
  await nodeFiles.remove(target);
  for (const [relative, text] of await generatedTypes(root)) {
    const file = path.join(target, relative);
    await nodeFiles.makeDirectory(path.dirname(file));
    await nodeFiles.writeAtomic(file, text);
  }
}
