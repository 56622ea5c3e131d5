import * as path from 'node:path';
import type { Stage } from '../../pipeline/pipeline.ts';
import type { StageResult } from '../../schema/generated/run-result.ts';
import type { Damage, FoundRecord } from '../../store/index.ts';
import { type Prepared, prepare } from '../identity/prepare.ts';
import type { Given } from './results.ts';
import { cachedEvent } from './run-events.ts';
import type { RunScope } from './stage-scope.ts';

export const outputsOf = (record: Pick<FoundRecord, 'outputs'>): StageResult['outputs'] =>
  Object.fromEntries(
    Object.entries(record.outputs).map(([port, output]) => [
      port,
      { kind: output!.kind, digest: output!.digest },
    ]),
  );

export const warnOf = ({ emit }: RunScope, stage: string, damage: readonly Damage[]): void => {
  for (const { what, why, movedTo } of damage) {
    const moved = movedTo === undefined ? '' : `; it lies in quarantine/${path.basename(movedTo)}`;
    emit({ event: 'warning', code: 'damage', message: `${what} is damaged: ${why}${moved}`, stage });
  }
};

/** The backend that made outputs, as people read it, where attempts here would take another. */
async function madeElsewhere({ backend }: RunScope, { lineage }: FoundRecord): Promise<string | undefined> {
  const there = lineage.numerics?.backend;
  if (there === undefined) return undefined;
  const here = await backend();
  return here === undefined || here === there ? undefined : there;
}

/** Why its code was accepted as changing nothing, where the outputs were made by the code before. */
const acceptedOf = ({ accepted }: Pick<FoundRecord, 'accepted'>): { accepted?: string } =>
  accepted === undefined ? {} : { accepted: accepted.reason };

/** Says that outputs under the stage's fingerprint differ which should be equal; gives it for the results. */
export function divergenceOf(
  { emit }: RunScope,
  stage: string,
  determinism: string,
  diverged: string | undefined,
): { diverged?: string } {
  if (diverged === undefined) return {};
  const message = `${stage}: ${diverged} should have equal outputs, for its type is ${determinism}, and have not; npx pipe verify --replay ${stage} says where`;
  emit({ event: 'warning', code: 'divergence', message, stage });
  return { diverged };
}

async function cached(
  scope: RunScope,
  { stage, fingerprint, inputs }: Prepared,
  given: Given,
  record: FoundRecord,
): Promise<StageResult> {
  const { determinism, summary, times } = record;
  const madeOn = await madeElsewhere(scope, record);
  const equalIn = Object.entries(inputs).flatMap(([port, { digest, essence }]) => {
    const madeFrom = record.lineage.inputs?.[port];
    return essence === undefined || madeFrom === undefined || madeFrom === digest
      ? []
      : [{ port, essence: essence.name }];
  });
  const result: StageResult = {
    ...given,
    status: 'cached',
    fingerprint,
    outputs: outputsOf(record),
    attempt: record.attempt,
    elapsedMs: 0,
    ranMs: times.computeMs,
    summary,
    ...acceptedOf(record),
    ...(record.lineage.branched && { branched: record.lineage.branched }),
  };
  const extra = {
    ...(madeOn !== undefined && { madeOn }),
    ...(equalIn.length > 0 && { equalIn }),
  };
  scope.emit(cachedEvent(stage.id, result, extra));
  return { ...result, ...divergenceOf(scope, stage.id, determinism, record.diverged) };
}

/** Looks up what is under a stage's fingerprint; says what is damaged. The caller holds the gate. */
export async function lookUp(
  scope: RunScope,
  prepared: Prepared,
  given: Given,
): Promise<StageResult | undefined> {
  const { record, damage } = await (await scope.work.lookups()).find(prepared.fingerprint);
  warnOf(scope, prepared.stage.id, damage);
  const isTaken = record !== undefined && !scope.forced(prepared.stage);
  return isTaken ? cached(scope, prepared, given, record) : undefined;
}

/** Of which inputs only a part matters. */
export function noteEssences(given: Given, inputs: Prepared['inputs']): void {
  for (const [port, { essence }] of Object.entries(inputs)) {
    if (essence !== undefined) given.inputs[port]!.essence = essence;
  }
}

/** A stage whose outputs are in the store; nothing where it must run, or fails. The caller holds the gate. */
export async function takeFromStore(
  scope: RunScope,
  stage: Stage,
  given: Given,
  inputs: Prepared['inputs'],
): Promise<StageResult | undefined> {
  const prepared = await prepare(scope.work, stage, inputs);
  if (!prepared.ok) return undefined;
  noteEssences(given, prepared.value.inputs);
  return lookUp(scope, prepared.value, given);
}
