import { fail, ok, type Result } from '../base/result.ts';
import { problems } from '../schema/catalogue.ts';
import { type JsonDocument, overlay } from '../schema/document.ts';
import { parseJson } from '../schema/load.ts';
import type { Problem } from '../schema/problem.ts';
import type { Source } from '../schema/source.ts';
import type { UncheckedPipeline } from './pipeline.ts';

const topLevel = new Set(['name', 'seed', 'description']);
const bareWord = /^[A-Za-z_./][\w./-]*$/;
const reserved = new Set(['true', 'false', 'null']);

/** The value of a `--set`: JSON, or a bare word that stands for itself as a text. */
function parseValue(source: Source, start: number): Result<JsonDocument, Problem> {
  const text = source.text.slice(start);
  if (bareWord.test(text) && !reserved.has(text)) {
    const span = { source, offset: start, length: text.length };
    return ok({ source, value: text, written: new Map([['', { value: span }]]) });
  }
  // blanks keep the offsets of the value those of the whole argument
  return parseJson({ name: source.name, text: ' '.repeat(start) + text });
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
  const path = segments.length === 1 && topLevel.has(segments[0]!) ? segments : ['stages', ...segments];
  const stages = Object.keys((document.value as { stages?: object }).stages ?? {});
  if (path[0] === 'stages') {
    if (path.length < 3) return fail(problems.setForm(whole));
    if (!stages.includes(path[1]!)) {
      const at = { source, offset: 0, length: path[1]!.length };
      return fail(problems.unknownName(at, 'the pipeline', 'stage', path[1]!, stages));
    }
  }
  const changed = overlay(document, path, value.value, key);
  return changed === undefined ? fail(problems.setForm(whole)) : ok(changed);
}

/**
 * Reads a pipeline's text and lays the `--set`s over it, in order: `stage.params.name=json`, `stage.inputs.port=json`,
 * `seed=json`. A value that is a bare word is taken as a text.
 *
 * @param directory absolute directory that file references start from
 */
export function readPipeline(
  source: Source,
  directory: string,
  sets: readonly string[] = [],
): Result<UncheckedPipeline, Problem> {
  const parsed = parseJson(source);
  if (!parsed.ok) return parsed;
  let document = parsed.value;
  const wrong: Problem[] = [];
  for (const argument of sets) {
    const changed = applySet(document, argument);
    if (changed.ok) document = changed.value;
    else wrong.push(...changed.failures);
  }
  return wrong.length > 0 ? fail(...wrong) : ok({ document, directory });
}
