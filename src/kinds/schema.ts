import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, ValidateFunction } from 'ajv';
import type { Failure } from '../base/result.ts';

/** Checks against `schemas/artifacts`, which lies two folders up from here in sources, build and installed package. */

const names = [
  'architecture',
  'controller',
  'correlation',
  'evaluation',
  'latency-measurement',
  'latency-table',
  'model',
  'network',
  'search-space',
  'split',
  'supernet',
  'trials',
] as const;

export type ArtifactSchema = (typeof names)[number];

const require = createRequire(import.meta.url);
const idOf = (name: ArtifactSchema): string => `https://naspipe.dev/schemas/artifacts/${name}.schema.json`;

let loaded: Ajv | undefined;

/** ajv and all schemas are read when the first is needed; ajv compiles each when it is used. */
function validator(name: ArtifactSchema): ValidateFunction {
  if (loaded === undefined) {
    const ajv = require('ajv') as typeof import('ajv');
    loaded = new ajv.Ajv({ allErrors: false, discriminator: true, strictTypes: false });
    for (const each of names)
      loaded.addSchema(require(`../../schemas/artifacts/${each}.schema.json`) as object);
  }
  return loaded.getSchema(idOf(name))!;
}

/** The first thing in which a value breaks its schema, or nothing. `place` begins the message: `info.json`. */
export function schemaFailure(name: ArtifactSchema, value: unknown, place: string): Failure | undefined {
  const validate = validator(name);
  if (validate(value)) return undefined;
  return { code: 'invalid-value', message: `${place}: ${sentence(validate.errors![0]!)}` };
}

const article = (type: string): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;

function sentence({ instancePath, keyword, params, message }: ErrorObject): string {
  const where = instancePath === '' ? 'the value' : instancePath.slice(1).replaceAll('/', '.');
  switch (keyword) {
    case 'additionalProperties':
      return `${where} has an unknown member "${params.additionalProperty}"`;
    case 'required':
      return `${where} lacks the member "${params.missingProperty}"`;
    case 'const':
      return `${where} must be ${JSON.stringify(params.allowedValue)}`;
    case 'enum':
      return `${where} must be one of ${params.allowedValues.join(', ')}`;
    case 'type':
      return `${where} must be ${[params.type].flat().map(article).join(' or ')}`;
    default:
      return `${where} ${message}`;
  }
}
