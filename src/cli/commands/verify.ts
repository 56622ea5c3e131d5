import { replayStage } from '../../engine/explain/replay.ts';
import { findRun, findStage, parseStageReference } from '../../report/reference.ts';
import { counted, short } from '../../report/units.ts';
import { replayLines } from '../../report/verify.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { VerifyOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** What is wrong with the artifacts and records that are wanted. */
interface Verified {
  readonly artifacts: number;
  readonly problems: readonly string[];
}

/** Hashes the outputs of every record under some fingerprints, and tells of divergences. */
async function verifyStages(store: Store, stages: ReadonlyMap<string, string>): Promise<Verified> {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const [fingerprint, name] of stages) {
    const { records, damage } = await store.records.list(fingerprint);
    for (const { what, why } of damage)
      problems.push(`${name}: ${what} is damaged: ${why}; run its pipeline again`);
    const last = records.at(-1);
    if (!last) problems.push(`${name}: it has no record; run its pipeline again`);
    for (const { n, divergesFrom } of records) {
      if (divergesFrom === undefined) continue;
      problems.push(`${name}: records ${divergesFrom} and ${n} should have equal outputs and have not`);
    }
    for (const [port, output] of Object.entries(last?.outputs ?? {})) {
      const { digest } = output!;
      if (seen.has(digest)) continue;
      seen.add(digest);
      const opened = await store.objects.open(digest);
      if (!opened.ok)
        problems.push(`${name}/${port}: ${opened.failures[0]!.message}; run its pipeline again`);
    }
  }
  return { artifacts: seen.size, problems };
}

const stagesOfRun = ({ stages }: RunResult): Map<string, string> =>
  new Map(
    Object.entries(stages).flatMap(([id, stage]) =>
      stage?.fingerprint !== undefined && Object.keys(stage.outputs).length > 0
        ? [[stage.fingerprint, id]]
        : [],
    ),
  );

/** Hashes the artifacts of a run or of the whole store; or runs a stage again and compares what comes out. */
export async function verify(io: Io, run: string | undefined, options: VerifyOptions): Promise<ExitCode> {
  const { json, replay } = options;
  const opened = await openExisting(io, options.store);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  if (options.fromCheckpoint && replay === undefined) {
    const message = '--from-checkpoint says where a replay starts: it needs --replay <stage>';
    return reportProblems(io, [{ code: 'wrong-options', message }], { json });
  }
  if (replay !== undefined) {
    const { run: name, stage = '' } = parseStageReference(run === undefined ? replay : `${run}:${replay}`);
    const result = await findRun(store, name);
    if (!result.ok) return reportProblems(io, result.failures, { json });
    const found = findStage(result.value, stage);
    if (!found.ok) return reportProblems(io, found.failures, { json });
    const replayed = await replayStage(store, stage, found.value, {
      fromCheckpoint: options.fromCheckpoint ?? false,
    });
    if (!replayed.ok) {
      reportProblems(io, replayed.failures, { json });
      return replayed.failures[0]!.code === 'replay-failed' ? EXIT.failed : EXIT.badInput;
    }
    if (json) io.out.write(`${JSON.stringify(replayed.value, null, 2)}\n`);
    else for (const line of replayLines(replayed.value)) io.out.write(`${line}\n`);
    return replayed.value.same || replayed.value.determinism === 'measured' ? EXIT.ok : EXIT.failed;
  }
  let stages: ReadonlyMap<string, string>;
  if (run === undefined) {
    stages = new Map((await store.records.fingerprints()).map((each) => [each, short(each, 12)]));
  } else {
    const result = await findRun(store, run);
    if (!result.ok) return reportProblems(io, result.failures, { json });
    stages = stagesOfRun(result.value);
  }
  const { artifacts, problems } = await verifyStages(store, stages);
  if (json) io.out.write(`${JSON.stringify({ stages: stages.size, artifacts, problems }, null, 2)}\n`);
  else {
    for (const problem of problems) io.out.write(`${problem}\n`);
    const facts = `${counted(stages.size, 'stage')}, ${counted(artifacts, 'artifact')}`;
    io.out.write(
      `${facts}: ${problems.length === 0 ? 'all as they were made' : `${problems.length} wrong`}\n`,
    );
  }
  return problems.length === 0 ? EXIT.ok : EXIT.failed;
}
