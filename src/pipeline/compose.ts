import type { Schema } from '../schema/check.ts';
import type { StageType } from '../stage/discovery.ts';
import type { Port } from '../stage/manifest.ts';

/** What stage ids look like. */
export const stageIdPattern = '^[a-z][a-z0-9-]*$';

const reference: Schema = {
  description:
    'Where an input comes from: "stage.port", "stage" where one port has the right kind, {"file": "<path relative to the project root>"} or {"artifact": "<digest>"}.',
  type: ['string', 'object'],
  pattern: '^[a-z][a-z0-9-]*(\\.[a-z][A-Za-z0-9-]*)?$',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: {
    file: {
      type: 'string',
      minLength: 1,
      description: 'JSON file made elsewhere, relative to the project root.',
    },
    artifact: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'Content digest of an artifact in the store.',
    },
  },
};

/** A schema with its definitions lifted out: references to them lead to `#/definitions/<prefix>.<name>`. */
function lifted(schema: Schema, prefix: string): { schema: Schema; definitions: Record<string, unknown> } {
  const rename = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(rename);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, of]) => [
        key,
        key === '$ref' && typeof of === 'string'
          ? of.replace(/^#\/definitions\//, `#/definitions/${prefix}.`)
          : rename(of),
      ]),
    );
  };
  const { $schema: _, $id: __, definitions = {}, ...own } = schema;
  return {
    schema: rename(own) as Schema,
    definitions: Object.fromEntries(
      Object.entries(definitions as object).map(([name, of]) => [`${prefix}.${name}`, rename(of)]),
    ),
  };
}

const inputsSchema = (inputs: { readonly [port: string]: Port }): Schema => ({
  type: 'object',
  description: 'Input port → where its artifact comes from.',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(inputs).map(([port, { kind, description }]) => [
      port,
      { ...reference, description: `${description} (${kind})` },
    ]),
  ),
  required: Object.entries(inputs).flatMap(([port, { optional }]) => (optional ? [] : [port])),
});

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());

function stageSchema({ name, manifest }: StageType): {
  schema: Schema;
  definitions: Record<string, unknown>;
} {
  const { schema: params, definitions } = lifted(manifest.params, name);
  const inputs = inputsSchema(manifest.inputs);
  const needed = [
    ...((params.required as string[] | undefined)?.length ? ['params'] : []),
    ...((inputs.required as string[]).length > 0 ? ['inputs'] : []),
  ];
  const schema = {
    title: `${pascal(name)}Stage`,
    description: manifest.description,
    type: 'object',
    additionalProperties: false,
    properties: {
      type: { const: name, description: manifest.description },
      description: { type: 'string', description: 'What it is here for; changes nothing.' },
      params: { ...params, title: `${pascal(name)}Params` },
      inputs,
    },
    required: ['type', ...needed],
  };
  return { schema, definitions };
}

/** One schema for pipelines of the given stage types: for our own check, and for editors. */
export function composePipelineSchema(types: Iterable<StageType>): Schema {
  const stages = [...types].sort((a, b) => (a.name < b.name ? -1 : 1)).map(stageSchema);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'PipelineText',
    description: 'A pipeline of typed stages. Written by `pipe types --write`; do not edit.',
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string', description: 'Path of this schema, for editors.' },
      name: { type: 'string', pattern: stageIdPattern, description: 'Name of the pipeline.' },
      description: { type: 'string', description: 'What it is for; changes nothing.' },
      seed: {
        type: 'integer',
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
        description: 'Seed of every stage that is random.',
      },
      stages: {
        type: 'object',
        description: 'Stage id → stage. The order does not matter.',
        minProperties: 1,
        propertyNames: { pattern: stageIdPattern },
        additionalProperties: {
          type: 'object',
          required: ['type'],
          discriminator: { propertyName: 'type' },
          oneOf: stages.map(({ schema }) => schema),
        },
      },
    },
    required: ['name', 'stages'],
    definitions: Object.assign({}, ...stages.map(({ definitions }) => definitions)),
  };
}
