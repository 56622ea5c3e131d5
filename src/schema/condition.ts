import { listOf } from './nearest.ts';
import type { Schema } from './schema.ts';

/** A schema that params must match, in words: `learningRate.kind is constant or step and gateStart is 0`. */
export function conditionText(schema: Schema, path = ''): string {
  const properties = (schema.properties ?? {}) as { readonly [name: string]: Schema };
  return Object.entries(properties)
    .map(([name, of]) => {
      const values = (of.enum ?? (of.const === undefined ? [] : [of.const])) as readonly unknown[];
      if (values.length > 0) return `${path}${name} is ${listOf(values.map(String))}`;
      if (typeof of.exclusiveMinimum === 'number')
        return `${path}${name} is more than ${of.exclusiveMinimum}`;
      return conditionText(of, `${path}${name}.`);
    })
    .join(' and ');
}
