import * as path from 'node:path';
import { nodeFiles, readText } from '../../base/files.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { readUserText } from '../../base/user-file.ts';
import { problems } from '../../schema/catalogue.ts';
import { checkDocument, compileSchema, type Schema } from '../../schema/check.ts';
import type { Plan, PlannedStage } from '../../schema/generated/plan.ts';
import type { SavedPlan } from '../../schema/generated/saved-plan.ts';
import { parseJson } from '../../schema/load.ts';
import type { Problem } from '../../schema/problem.ts';
import { ownRoot } from '../../stage/package.ts';

/**
 * Reads a plan that `plan --out` wrote; every mistake in it is a problem with its place.
 *
 * @param from absolute directory that `file` is relative to
 */
export async function readSavedPlan(file: string, from: string): Promise<Result<SavedPlan, Problem>> {
  const text = await readUserText(nodeFiles, path.resolve(from, file));
  if (!text.ok) return fail(problems.unreadable(file, text.failures[0]!.message));
  const document = parseJson({ name: file, text: text.value });
  if (!document.ok) return document;
  const schemaOf = async (name: string): Promise<Schema> =>
    JSON.parse(await readText(nodeFiles, path.join(ownRoot, 'schemas', `${name}.schema.json`))) as Schema;
  const [saved, plan] = await Promise.all([schemaOf('saved-plan'), schemaOf('plan')]);
  const { $id: _, $schema: __, ...inner } = plan;
  const compiled = compileSchema({ ...saved, properties: { ...(saved.properties as object), plan: inner } });
  if (!compiled.ok)
    throw new Error(`internal error: expected a schema, got ${compiled.failures[0]!.message}`);
  const checked = checkDocument(compiled.value, document.value, (at) => ({
    owner: at.length > 1 ? at.slice(0, -1).join('.') : 'a plan',
    noun: 'field',
    name: at.join('.') || 'a plan',
  }));
  return checked.problems.length > 0
    ? fail(...checked.problems)
    : ok(checked.document.value as unknown as SavedPlan);
}

/** Writes a plan for `run --plan`. */
export const writeSavedPlan = (file: string, plan: SavedPlan): Promise<void> =>
  nodeFiles.writeAtomic(file, `${JSON.stringify(plan, null, 2)}\n`);

const words = ({ status, reason }: PlannedStage): string =>
  status === 'unknown' ? `unknown ${reason}` : status === 'cached' ? 'cached' : `${status}: ${reason}`;

/** What has changed since a plan was made; empty when a run would do exactly what it says. */
export function planChanges(planned: Plan, now: Plan): Problem[] {
  const before = new Map(planned.stages.map((stage) => [stage.id, stage]));
  const after = new Map(now.stages.map((stage) => [stage.id, stage]));
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((id): string[] => {
    const [was, is] = [before.get(id), after.get(id)];
    if (was === undefined) return [`${id} was not planned`];
    if (is === undefined) return [`${id} was planned, but is no stage of the pipeline now`];
    if (was.status === is.status && was.fingerprint === is.fingerprint) return [];
    const same = was.status === is.status && words(was) === words(is);
    return [
      `${id} was planned as ${words(was)}, but is now ${same ? 'made from something else' : words(is)}`,
    ];
  });
  return changes.map((message) => ({ code: 'plan-changed', message }));
}
