import { type Change, isKind, kinds } from '../kinds/index.ts';
import type { FieldChange } from '../schema/generated/plan.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { Store } from '../store/index.ts';
import { artifactChanges } from './change-text.ts';
import { wrap } from './layout.ts';
import { changeText, fieldName, isInput, recordChanges } from './preimage.ts';
import { recordOf, storeSource } from './source.ts';
import type { Style } from './style.ts';
import { localTime } from './units.ts';

/** Why a stage of a run ran, or did not. */
export interface Explanation {
  readonly run: string;
  readonly stage: string;
  readonly status: StageResult['status'];
  /** What the engine said when it decided. */
  readonly reason?: string;
  /** When the outputs were made, milliseconds since 1970, and the run that asked for them. */
  readonly made?: { readonly at: number; readonly run: string };
  /** The earlier run of the same pipeline in which this stage had another fingerprint. */
  readonly since?: string;
  /** Fields of the pre-image that changed since then. */
  readonly changes: readonly (FieldChange & {
    /** Where an input comes from, and what is different in it. */
    readonly input?: { readonly from: string; readonly changes: readonly Change[] };
  })[];
  /** Of a cached stage: why it ran in the run that made its outputs. */
  readonly origin?: Explanation;
}

/** Explains a stage by the last earlier run of its pipeline in which its fingerprint was another. */
export async function explain(
  store: Store,
  result: RunResult,
  id: string,
  stage: StageResult,
): Promise<Explanation> {
  const record = await recordOf(store, stage);
  const known = {
    run: result.run,
    stage: id,
    status: stage.status,
    ...(stage.reason === undefined ? {} : { reason: stage.reason }),
    ...(record ? { made: { at: record.times.finishedAt, run: record.run } } : {}),
  };
  if (stage.status === 'cached' && record) {
    const origin = await originOf(store, result.run, record, id);
    return { ...known, changes: [], ...(origin ? { origin } : {}) };
  }
  if (!record) return { ...known, changes: [] };
  const earlier = await earlierRecord(store, result, id, record.fingerprint);
  if (!earlier) return { ...known, changes: [] };
  const source = storeSource(store);
  const changes = [];
  for (const change of recordChanges(earlier.record, record)) {
    const port = isInput(change) ? change.field.slice('inputs.'.length) : undefined;
    const input = port === undefined ? undefined : stage.inputs[port];
    if (!input) {
      changes.push(change);
      continue;
    }
    const digests = [earlier.record.preimage.inputs[port!], record.preimage.inputs[port!]];
    changes.push({
      ...change,
      input: { from: input.from, changes: await artifactDiff(store, source, digests) },
    });
  }
  return { ...known, since: earlier.run, changes };
}

/** The explanation of the stage in the run that made a record, where that is still there. */
async function originOf(
  store: Store,
  run: string,
  record: StageRecord,
  id: string,
): Promise<Explanation | undefined> {
  if (record.run === run) return undefined;
  const result = (await store.runs.results(record.run)) as RunResult | undefined;
  const stage = result?.stages[id];
  if (!result || !stage || stage.status === 'cached') return undefined;
  return explain(store, result, id, stage);
}

async function earlierRecord(
  store: Store,
  { run, pipeline }: RunResult,
  id: string,
  fingerprint: string,
): Promise<{ run: string; record: StageRecord } | undefined> {
  const ids = await store.runs.list();
  for (const earlier of ids.slice(0, ids.indexOf(run)).reverse()) {
    const result = (await store.runs.results(earlier)) as RunResult | undefined;
    const stage = result?.pipeline === pipeline ? result.stages[id] : undefined;
    if (!stage?.fingerprint || stage.fingerprint === fingerprint) continue;
    const record = await recordOf(store, stage);
    if (record) return { run: earlier, record };
  }
  return undefined;
}

/** What is different in two artifacts; nothing when one is not there any more. */
async function artifactDiff(
  store: Store,
  source: ReturnType<typeof storeSource>,
  [a, b]: readonly (string | undefined)[],
): Promise<readonly Change[]> {
  if (a === undefined || b === undefined) return [];
  const kind = (await store.objects.manifest(b))?.kind;
  if (kind === undefined || !isKind(kind)) return [];
  const [from, to] = [await source.load(kind, a), await source.load(kind, b)];
  const { diff } = kinds[kind] as { diff(a: unknown, b: unknown): readonly Change[] };
  return from && to ? diff(from, to) : [];
}

const UNCHANGEABLE = ['params', 'seed', 'code', 'inputs'];

/** The explanation for people. */
export function explanationLines(explanation: Explanation, style: Style): string[] {
  const { stage, status, made, reason, since, changes, run } = explanation;
  const when = made === undefined ? '' : ` on ${localTime(made.at)}`;
  switch (status) {
    case 'cached':
      return [
        `${style.bold(stage)} did not run in ${run}: nothing that may affect its outputs changed.`,
        ...(explanation.origin
          ? explanationLines(explanation.origin, style)
          : made
            ? [`They were made${when} by run ${made.run}.`]
            : []),
      ];
    case 'ran':
    case 'resumed':
      break;
    default:
      return [`${style.bold(stage)} ${status.replace('-', ' ')}${reason === undefined ? '' : `: ${reason}`}`];
  }
  const verb = status === 'resumed' ? 'went on' : 'ran';
  if (changes.length === 0)
    return wrap(`${style.bold(stage)} ${verb}${when}: ${reason ?? 'it has not run before'}`, 80);
  const groups = new Set(changes.map(({ field }) => fieldName(field).split('.')[0]!));
  const unchanged = UNCHANGEABLE.filter((group) => !groups.has(group));
  const width = Math.max(...changes.map(({ field }) => fieldName(field).length));
  return [
    `${style.bold(stage)} ${verb}${when} because ${causes(changes)} changed:`,
    ...changes.flatMap((change) => [
      `  ${fieldName(change.field).padEnd(width)}  ${changeText(change)}${change.input ? `   from ${change.input.from}` : ''}`,
      ...wrap(artifactChanges(change.input?.changes ?? [], 4), 74).map((line) => `    ${line}`),
    ]),
    `  since run ${since}${unchanged.length === 0 ? '' : `; ${unchanged.join(', ')}: unchanged`}`,
  ];
}

/** `its input architecture`, `params.reward and its code` */
function causes(changes: Explanation['changes']): string {
  const names = changes.map((change) => {
    if (isInput(change)) return `its input ${change.field.slice('inputs.'.length)}`;
    return change.field === 'codeDigest' ? 'its code' : fieldName(change.field);
  });
  if (names.length > 3) return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
