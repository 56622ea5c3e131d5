import { type Failure, fail, ok, type Result } from '../base/result.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import { didYouMean, listOf } from '../schema/nearest.ts';
import type { Store } from '../store/index.ts';

/** What a person names: a run, a stage of it, a port of that. `3f2:train/model` */
export interface Reference {
  /** An id, the beginning or end of one, `latest`, or `latest-<pipeline>`. */
  readonly run: string;
  readonly stage?: string;
  readonly port?: string;
}

/** `run`, `run:stage`, `run:stage/port`. */
export function parseReference(text: string): Reference {
  const [run = '', rest] = split(text, ':');
  if (rest === undefined) return { run };
  const [stage = '', port] = split(rest, '/');
  return port === undefined ? { run, stage } : { run, stage, port };
}

/** A stage of the last run, unless the text names the run too. */
export const parseStageReference = (text: string): Reference =>
  parseReference(text.includes(':') ? text : `latest:${text}`);

function split(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

export type ReferenceFailure = Failure<
  'no-runs' | 'unknown-run' | 'ambiguous-run' | 'no-result' | 'unknown-stage' | 'unknown-port' | 'no-stage'
>;

/** The id of the run that `text` means, whether or not it has a result. */
export async function findRunId(
  store: Pick<Store, 'runs'>,
  text: string,
): Promise<Result<string, ReferenceFailure>> {
  const found = await store.runs.resolve(text);
  if (typeof found === 'string') return ok(found);
  const ids = await store.runs.list();
  if (ids.length === 0) return fail({ code: 'no-runs', message: 'nothing has run in this store yet' });
  if (found.length > 0) {
    const message = `"${text}" may be ${listOf(found.slice(-4))}; give more of the id`;
    return fail({ code: 'ambiguous-run', message });
  }
  const known = ['latest', ...ids].filter((name) => name !== text);
  const message = `no run "${text}"${didYouMean(text, known)}; npx pipe runs lists them`;
  return fail({ code: 'unknown-run', message });
}

/** The result of the run that `text` means. */
export async function findRun(
  store: Pick<Store, 'runs'>,
  text: string,
): Promise<Result<RunResult, ReferenceFailure>> {
  const found = await findRunId(store, text);
  if (!found.ok) return found;
  const result = (await store.runs.results(found.value)) as RunResult | undefined;
  return result
    ? ok(result)
    : fail({ code: 'no-result', message: `run ${found.value} ended before it wrote a result` });
}

/** A stage of a run, by its id. */
export function findStage(result: RunResult, stage: string): Result<StageResult, ReferenceFailure> {
  const found = Object.hasOwn(result.stages, stage) ? result.stages[stage] : undefined;
  if (found) return ok(found);
  const ids = Object.keys(result.stages);
  const known = `; it is a run of ${result.pipeline} and has ${listOf(ids, 'and')}; a stage of another run is named <run>:<stage>`;
  return fail({
    code: 'unknown-stage',
    message: `run ${result.run} has no stage "${stage}"${didYouMean(stage, ids) || known}`,
  });
}

/** An output of a stage, by its port. */
export function findOutput(
  stage: string,
  { outputs, status }: StageResult,
  port: string,
): Result<{ kind: string; digest: string }, ReferenceFailure> {
  const found = outputs[port];
  if (found) return ok(found);
  const ports = Object.keys(outputs);
  const message =
    ports.length === 0
      ? `stage ${stage} has no outputs: ${status.replace('-', ' ')}`
      : `stage ${stage} has no output "${port}"${didYouMean(port, ports) || `; it has ${listOf(ports, 'and')}`}`;
  return fail({ code: 'unknown-port', message });
}
