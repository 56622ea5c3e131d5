import type { Json } from '../base/canonical.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { problems } from '../schema/catalogue.ts';
import { type JsonDocument, overlay } from '../schema/document.ts';
import { parseJson } from '../schema/load.ts';
import { nearest } from '../schema/nearest.ts';
import type { Problem } from '../schema/problem.ts';
import type { Source } from '../schema/source.ts';
import { inherit } from './extends.ts';
import type { UncheckedPipeline } from './pipeline.ts';

const topLevel = new Set(['name', 'seed', 'seeds', 'matrix', 'description']);
const bareWord = /^[A-Za-z_./][\w./-]*$/;
const reserved = new Set(['true', 'false', 'null']);

/** The value of a `--set`: JSON, or a bare word that stands for itself as a text. */
function parseValue(source: Source, start: number): Result<JsonDocument, Problem> {
  const text = source.text.slice(start);
  if (bareWord.test(text) && !reserved.has(text)) {
    const span = { source, offset: start, length: text.length };
    const written = new Map([['', { value: span }]]);
    return ok({ source, value: text, written: () => written });
  }
  return parseJson(source, start);
}

/** Lays one `stage.params.name=value` (or `seed=value`) over a pipeline. */
function applySet(document: JsonDocument, argument: string): Result<JsonDocument, Problem> {
  const source: Source = { name: '--set', text: argument };
  const equals = argument.indexOf('=');
  const whole = { source, offset: 0, length: argument.length };
  if (equals <= 0) return fail(problems.setForm(whole));
  const segments = argument.slice(0, equals).split('.');
  const key = { source, offset: 0, length: equals };
  const value = parseValue(source, equals + 1);
  if (!value.ok) return value;
  const [first] = segments as [string];
  const path = segments.length === 1 && topLevel.has(first) ? segments : ['stages', ...segments];
  const stages = Object.keys((document.value as { stages?: object } | null)?.stages ?? {});
  if (path[0] === 'stages') {
    if (path.length < 3) {
      const meant = nearest(first, [...topLevel]);
      return fail(
        meant === undefined || stages.includes(first)
          ? problems.setForm(whole)
          : problems.unknownName(key, 'the pipeline', 'field', first, [...topLevel]),
      );
    }
    if (!stages.includes(path[1]!)) {
      const at = { source, offset: 0, length: path[1]!.length };
      return fail(problems.unknownName(at, 'the pipeline', 'stage', path[1]!, stages));
    }
  }
  const changed = overlay(document, path, value.value, key);
  return changed === undefined ? fail(problems.setForm(whole)) : ok(changed);
}

/** Fields of a pipeline that null takes away, whoever said them. */
const removable = ['seed', 'seeds', 'matrix'];

function withoutNull(document: JsonDocument): JsonDocument {
  const value = document.value as { readonly [field: string]: Json } | null;
  const isGone = (field: string): boolean => value?.[field] === null;
  if (typeof value !== 'object' || !removable.some(isGone)) return document;
  const written = () =>
    new Map(
      [...document.written()].filter(([at]) => !removable.some((each) => at === `/${each}` && isGone(each))),
    );
  const kept = Object.entries(value ?? {}).filter(([field]) => !(removable.includes(field) && isGone(field)));
  return { ...document, value: Object.fromEntries(kept), written };
}

/**
 * Reads a pipeline's text and lays the `--set`s over it, in order: `stage.params.name=json`, `stage.inputs.port=json`,
 * `seed=json`. A value that is a bare word is taken as a text; a null in place of `seed`, `seeds` or `matrix` takes away
 * what was said before. Fails when the text is no JSON; what is wrong with a
 * `--set` waits for the check, which reports it with all else.
 *
 * @param directory absolute directory that file references start from
 * @param bases what it extends, the nearest first
 */
export function readPipeline(
  source: Source,
  directory: string,
  sets: readonly string[] = [],
  bases: readonly JsonDocument[] = [],
): Result<UncheckedPipeline, Problem> {
  const parsed = parseJson(source);
  if (!parsed.ok) return parsed;
  const inherited = bases.reduceRight<JsonDocument | undefined>(
    (below, base) => (below === undefined ? base : inherit(below, base)),
    undefined,
  );
  let document = inherited === undefined ? parsed.value : inherit(inherited, parsed.value);
  const wrong: Problem[] = [];
  for (const argument of sets) {
    const changed = applySet(document, argument);
    if (changed.ok) document = changed.value;
    else wrong.push(...changed.failures);
  }
  return ok({ document: withoutNull(document), directory, problems: wrong });
}
