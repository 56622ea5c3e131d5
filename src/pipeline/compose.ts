import type { Schema } from '../schema/check.ts';
import type { StageType } from '../stage/discovery.ts';
import type { Port } from '../stage/manifest.ts';

/** What stage ids look like. */
export const stageIdPattern = '^[a-z][a-z0-9-]*$';
/** Stages and pipelines have directories of their names. */
const NAME_LIMIT = 100;
const idRule = 'be lower-case letters, digits and hyphens, beginning with a letter';

const reference: Schema = {
  description:
    'Where an input comes from: "stage.port", "stage" where one port has the right kind, {"file": "<path relative to the project root>"} or {"artifact": "<digest>"}.',
  type: ['string', 'object'],
  pattern: '^[a-z][a-z0-9-]*(\\.[a-z][A-Za-z0-9-]*){0,2}$',
  'x-rule': 'be "stage", "stage.port", {"file": "…"} or {"artifact": "…"}',
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
      'x-rule': 'be 64 hexadecimal digits in lower case',
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

/** Inputs of a stage whose ports its params declare: the check of a pipeline compares the two. */
const declaredInputs: Schema = {
  type: 'object',
  description: 'Input port, as declared in params.inputs → where its artifact comes from.',
  additionalProperties: reference,
  required: [],
};

const inputsSchema = (inputs: { readonly [port: string]: Port }): Schema => ({
  type: 'object',
  description: 'Input port → where its artifact comes from.',
  additionalProperties: false,
  properties: Object.fromEntries(
    Object.entries(inputs).map(([port, { kind, many, description }]) => {
      const of = kind === 'any' ? 'any kind' : kind;
      return [
        port,
        many
          ? {
              description: `${description} (several, of ${of})`,
              type: ['string', 'object', 'array'],
              if: { type: 'array' },
              // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
              then: { items: { ...reference, description: 'One of them.' }, minItems: 1 },
              else: reference,
            }
          : { ...reference, description: `${description} (${of})` },
      ];
    }),
  ),
  required: Object.entries(inputs).flatMap(([port, { optional }]) => (optional ? [] : [port])),
});

const pascal = (name: string): string =>
  name.replace(/(^|-)([a-z0-9])/g, (_, __, letter) => letter.toUpperCase());

const presetSchema = (presets: StageType['manifest']['presets']): Schema => ({
  type: 'string',
  enum: Object.keys(presets),
  description: [
    'Whose params these are but for those that `params` gives: objects member by member, unless they are of different kinds.',
    ...Object.entries(presets).map(([preset, { description }]) => `\`${preset}\`: ${description}`),
  ].join('\n'),
});

function stageSchema({ name, manifest }: StageType): {
  schema: Schema;
  definitions: Record<string, unknown>;
} {
  const { schema: params, definitions } = lifted(manifest.params, name);
  const inputs = manifest.ports === 'declared' ? declaredInputs : inputsSchema(manifest.inputs);
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
      ...(Object.keys(manifest.presets).length > 0 && { preset: presetSchema(manifest.presets) }),
      params: { ...params, title: `${pascal(name)}Params`, description: `Params of ${name}.` },
      inputs,
    },
    required: ['type', ...needed],
  };
  return { schema, definitions };
}

const stagesSchema = (description: string): Schema => ({
  type: 'object',
  description,
  minProperties: 1,
  propertyNames: { pattern: stageIdPattern, maxLength: NAME_LIMIT, 'x-rule': idRule },
  additionalProperties: { $ref: '#/definitions/stage' },
});

const foreachSchema: Schema = {
  title: 'ForeachStage',
  description:
    'Stages that run once for each item of a list, which is known when the stage that makes it has run.',
  type: 'object',
  additionalProperties: false,
  properties: {
    type: { const: 'foreach', description: 'Stages that run once for each item of a list.' },
    description: { type: 'string', description: 'What it is here for; changes nothing.' },
    items: {
      ...reference,
      description:
        'Where the list comes from: trials, of which each item is one trial (equal architectures count once), or a JSON array.',
    },
    by: {
      type: 'string',
      pattern: '^[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*$',
      description:
        'Number in an item that the items are ranked by, such as `reward` or `accuracy.value`; without it they keep their order.',
    },
    best: {
      type: 'string',
      enum: ['highest', 'lowest'],
      default: 'highest',
      description: 'Which numbers come first; only beside `by`.',
    },
    take: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      description: 'Items taken, the first ones; without it all.',
    },
    stages: stagesSchema(
      'Stage id → stage. An input "item" is the item; others name stages inside, or outside. From outside, "<foreach>.<stage>" names the artifacts of all items.',
    ),
  },
  required: ['type', 'items', 'stages'],
};

/** One schema for whole pipelines of the given stage types: what is inherited is in them, and what null took away is not. */
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
      name: {
        type: 'string',
        pattern: stageIdPattern,
        maxLength: NAME_LIMIT,
        'x-rule': idRule,
        description: 'Name of the pipeline.',
      },
      description: { type: 'string', description: 'What it is for; changes nothing.' },
      extends: {
        type: 'string',
        minLength: 1,
        description:
          'Pipeline that this one builds on, relative to this file. Stages are merged by id, params and inputs by name; null takes away a stage, a preset, a param (which has its default then), an input, `seed`, `seeds` or `matrix`; a stage of another type replaces the inherited one.',
      },
      seed: {
        type: ['integer', 'null'],
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        default: 0,
        description: 'Seed of every stage that is random. null: 0, whatever the extended pipeline says.',
      },
      seeds: {
        type: ['integer', 'array', 'null'],
        minimum: 2,
        maximum: 1000,
        minItems: 2,
        maxItems: 1000,
        uniqueItems: true,
        items: {
          type: 'integer',
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          description: 'One seed.',
        },
        description:
          'Repeats everything random with several seeds: so many, the first of them `seed` and the others derived from it, or those listed. Results are given as mean and 95 % interval. null: none, whatever the extended pipeline says.',
      },
      matrix: {
        type: ['object', 'null'],
        minProperties: 1,
        description:
          'Place (`stage.params.name`, `stage.preset` or `stage.inputs.port`) → values. The pipeline runs with every combination; stages that a value cannot change are shared. null: none, whatever the extended pipeline says.',
        additionalProperties: {
          type: 'array',
          minItems: 1,
          description: 'Values, each put in place of what the stage says.',
        },
      },
      stages: stagesSchema('Stage id → stage. The order does not matter.'),
    },
    required: ['name', 'stages'],
    definitions: Object.assign(
      {
        stage: {
          type: 'object',
          description: 'A stage: {"type": "…", "inputs": {…}, "params": {…}}.',
          required: ['type'],
          discriminator: { propertyName: 'type' },
          oneOf: [...stages.map(({ schema }) => schema), foreachSchema],
        },
      },
      ...stages.map(({ definitions }) => definitions),
    ),
  };
}
