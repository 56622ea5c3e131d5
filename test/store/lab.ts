import type { Clock } from '../../src/base/clock.ts';
import { type Files, nodeFiles } from '../../src/base/files.ts';
import { fingerprintOf, openJournal, type Run } from '../../src/store/index.ts';
import { commitOf, open, tree } from './fixture.ts';

/** Two days ahead of the files' times: everything on disk is old. */
export const later: Clock = { now: () => Date.now() + 48 * 3600 * 1000, elapsed: () => 0 };

export const DAY = 24 * 3600 * 1000;

export interface Made {
  readonly id: string;
  readonly fingerprint: string;
  readonly digest: string;
  readonly attempt: string;
}

export interface StageWish {
  /** What the stage computes, part of its pre-image; equal texts give equal outputs. */
  readonly text: string;
  readonly computeMs?: number;
  /** Digests of its inputs. */
  readonly inputs?: { readonly [port: string]: string };
}

/** A store whose stages and runs are made up, without processes. */
export async function lab(root: string, files?: Files, clock: Clock = later) {
  const store = await open(root, files, clock);

  /** Makes a stage as an attempt would: request, record, outputs. */
  async function make(id: string, { text, computeMs = 1000, inputs = {} }: StageWish): Promise<Made> {
    const { preimage: base, lineage } = commitOf(text);
    const preimage = { ...base, params: { text }, inputs };
    const fingerprint = fingerprintOf(preimage);
    const attempt = await store.attempts.prepare(
      {
        fingerprint,
        run: 'r',
        stage: id,
        stageType: 'train',
        preimage,
        resolveFrom: [],
        params: {},
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([port, digest]) => [port, { kind: 'model', digest }]),
        ),
        outputs: { model: { kind: 'model' } },
        files: {},
        datasets: {},
        determinism: 'exact',
        needs: { backend: false, device: false },
        checkpointSeconds: 10,
        fresh: false,
        lineage: { naspipe: '0', packages: {}, sources: {} },
      },
      'export default {};\n',
    );
    await nodeFiles.append(attempt.log, '');
    const journal = openJournal(nodeFiles, attempt.journal, attempt.id, clock);
    journal.write({ type: 'progress', step: 1, total: 1 });
    journal.close();
    const { record } = await store.commit({
      ...commitOf(text),
      fingerprint,
      preimage,
      lineage,
      attempt: attempt.id,
      outputs: { model: { kind: 'model', kindVersion: 1, tree: tree(text) } },
      times: { startedAt: 1, finishedAt: 2, attemptMs: computeMs, computeMs },
    });
    return { id, fingerprint, attempt: attempt.id, digest: record.outputs.model!.digest };
  }

  /** A run that has ended and used some stages; `live`: it goes on. */
  async function run(name: string, made: readonly Made[], live = false): Promise<Run> {
    const begun = await store.runs.create(name, { name });
    for (const { fingerprint } of made) begun.use({ fingerprint });
    await begun.linkStages(new Map(made.map(({ id, digest }) => [id, { model: digest }])));
    begun.record({ event: 'stage-note', stage: name, sentence: 'a note' });
    if (!live) {
      const stages = made.map(({ id, fingerprint, attempt, digest }) => [
        id,
        { fingerprint, attempt, inputs: {}, outputs: { model: { kind: 'model', digest } } },
      ]);
      await begun.writeResults({ run: begun.id, pipeline: name, stages: Object.fromEntries(stages) });
      begun.close();
    }
    return begun;
  }

  /** Saves a checkpoint under a fingerprint. */
  const checkpoint = (fingerprint: string, computeMs: number) =>
    store.checkpoints.save({
      fingerprint,
      attempt: 'a',
      step: 1,
      total: 2,
      computeMs,
      state: {},
      tensors: new Uint8Array(1000),
    });

  return { store, make, run, checkpoint };
}
