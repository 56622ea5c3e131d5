import type { Schema } from '../schema/check.ts';
import { pointerOf } from '../schema/document.ts';
import type { StageType } from '../stage/discovery.ts';
import { composePipelineSchema } from './compose.ts';

const removed: Schema = { type: 'null', description: 'Takes away what is inherited.' };
/** What another place of the schema says, or null. */
const orRemoved = (at: string): Schema => ({ anyOf: [{ $ref: at }, removed] });

type Members = { readonly [name: string]: Schema };

/** An object of named members, each of which may be null; none is needed, since it may be inherited. */
function overlaid(
  { description, properties = {}, additionalProperties = false }: Schema,
  at: string,
): Schema {
  const names = Object.keys(properties as Members);
  return {
    description,
    type: 'object',
    properties: Object.fromEntries(
      names.map((name) => [name, orRemoved(`${at}${pointerOf(['properties', name])}`)]),
    ),
    additionalProperties: additionalProperties === false ? false : orRemoved(`${at}/additionalProperties`),
  };
}

const inheritedStages: Schema = {
  type: 'object',
  description: 'Stage id → stage, or what differs from the inherited one; null takes it away.',
  additionalProperties: { $ref: '#/definitions/overlaid-stage' },
};

/** A stage that is written over an inherited one of its type, or anew; its fields are those of the stage at `at`. */
function overlaidStage(stage: Schema, at: string): Schema {
  const { params, inputs, stages, preset, ...fields } = stage.properties as Members;
  const field = (name: string): Schema => ({ $ref: `${at}/properties/${name}` });
  return {
    description: stage.description,
    type: 'object',
    additionalProperties: false,
    properties: {
      ...Object.fromEntries(Object.keys(fields).map((name) => [name, field(name)])),
      type: fields.type,
      ...(preset && { preset: orRemoved(`${at}/properties/preset`) }),
      ...(params && { params: overlaid(params, `${at}/properties/params`) }),
      ...(inputs && { inputs: overlaid(inputs, `${at}/properties/inputs`) }),
      ...(stages && { stages: inheritedStages }),
    },
    required: ['type'],
  };
}

/** What is written of an inherited stage without its type. */
function untypedStage(foreach: Schema, at: string): Schema {
  const { type: _, stages: __, ...fields } = foreach.properties as Members;
  return {
    type: ['object', 'null'],
    description: 'What differs from the inherited stage; null takes it away.',
    additionalProperties: false,
    properties: {
      preset: { type: ['string', 'null'], description: 'Another preset; null takes it away.' },
      params: { type: 'object', description: 'Params that differ; null takes one away.' },
      inputs: {
        type: 'object',
        description: 'Inputs that differ; null takes one away.',
        additionalProperties: { anyOf: [{ $ref: `${at}/properties/items` }, { type: 'array' }, removed] },
      },
      ...Object.fromEntries(Object.keys(fields).map((name) => [name, { $ref: `${at}/properties/${name}` }])),
      stages: inheritedStages,
    },
  };
}

/** Of a param that is one of several kinds: what may be written of it beside a preset, which says the kind. */
function partOf({ oneOf = [], description }: Schema): Schema {
  const members = (oneOf as readonly Schema[]).flatMap(({ properties = {} }) =>
    Object.entries(properties as Members),
  );
  return {
    description,
    type: 'object',
    properties: Object.fromEntries(
      members.flatMap(([name, of]) => (name === 'kind' ? [] : [[name, { description: of.description }]])),
    ),
    additionalProperties: false,
  };
}

/**
 * A stage whose params may be parts of those of its preset. What must be there, and what one param asks of another, is
 * said only of a stage without a preset: an editor does not know what a preset says.
 */
function besidePreset(stage: Schema): Schema {
  const { preset, params: written, ...fields } = stage.properties as Members;
  if (preset === undefined || written === undefined) return stage;
  const { allOf, required, ...params } = written;
  const all = Object.entries(params.properties as Members);
  const ofKinds = all.filter(([, of]) => of.oneOf && (of.required as string[])?.includes('kind'));
  const loose = ofKinds.map(
    ([name, of]) => [name, { description: of.description, anyOf: [of, partOf(of)] }] as const,
  );
  const whole = ofKinds.map(([name]) => [name, { required: ['kind'] }] as const);
  return {
    ...stage,
    properties: {
      ...fields,
      preset,
      params: { ...params, properties: { ...Object.fromEntries(all), ...Object.fromEntries(loose) } },
    },
    if: { required: ['preset'] },
    else: {
      properties: {
        params: {
          properties: Object.fromEntries(whole),
          ...(allOf !== undefined && { allOf }),
          ...(required !== undefined && { required }),
        },
      },
    },
  };
}

/**
 * The schema that editors read: that of the check, but for pipelines that extend another one. Of those an editor sees
 * one file only, so nothing need be there that may be inherited, and null may stand where it takes something away.
 */
export function editorSchema(types: Iterable<StageType>): Schema {
  const { properties, definitions, ...whole } = composePipelineSchema(types);
  const { stages, ...fields } = properties as Members;
  const { stage } = definitions as Members;
  const alternatives = (stage!.oneOf as readonly Schema[]).map(besidePreset);
  const placeOf = (index: number): string => `#/definitions/stage/oneOf/${index}`;
  const last = alternatives.length - 1;
  return {
    ...whole,
    properties: { ...fields, stages: { type: 'object', description: stages!.description } },
    required: ['name'],
    if: { required: ['extends'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
    then: { properties: { stages: inheritedStages } },
    else: { properties: { stages }, required: ['stages'] },
    definitions: {
      ...(definitions as Members),
      stage: { ...stage, oneOf: alternatives },
      'overlaid-stage': {
        description: 'A stage, or what differs from the inherited one; null takes it away.',
        if: { type: 'object', required: ['type'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON schema
        then: {
          discriminator: { propertyName: 'type' },
          oneOf: alternatives.map((each, index) => overlaidStage(each, placeOf(index))),
        },
        else: untypedStage(alternatives[last]!, placeOf(last)),
      },
    },
  };
}
