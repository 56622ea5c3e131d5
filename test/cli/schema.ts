import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { repository } from '../engine/project.ts';

const known = new Map<string, Promise<ValidateFunction>>();

async function compile(name: string): Promise<ValidateFunction> {
  const read = async (file: string) =>
    JSON.parse(await fs.readFile(path.join(repository, 'schemas', file), 'utf8')) as { $id?: string };
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const file of await fs.readdir(path.join(repository, 'schemas'))) {
    if (file.endsWith('.schema.json') && file !== `${name}.schema.json`)
      ajv.addSchema(await read(file), file);
  }
  return ajv.compile(await read(`${name}.schema.json`));
}

/** What in a printed value does not fit the schema of that name; empty when it fits. */
export async function fits(name: string, value: unknown): Promise<string[]> {
  const check = known.get(name) ?? compile(name);
  known.set(name, check);
  const validate = await check;
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
