import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cosmetic, cosmetic, effective } from './identity-edits.ts';
import {
  createIdentityProject,
  dependantsOf,
  fingerprintsOf,
  realise,
  type Sketch,
  sketch,
} from './identity-project.ts';
import { statuses, type TestProject } from './project.ts';

let project: TestProject;
let before: Map<string, string>;
beforeAll(async () => {
  project = await createIdentityProject();
  before = await fingerprintsOf(project.root, sketch.pipelineFile);
});
afterAll(() => project.remove());

/** Cosmetic edits in order, and how stages are called after them. */
function applied(edits: readonly Cosmetic[], from: Sketch): { after: Sketch; idOf: (id: string) => string } {
  let after = from;
  let idOf = (id: string): string => id;
  for (const { apply, ids } of edits) {
    after = apply(after);
    const last = idOf;
    if (ids) idOf = (id) => ids(last(id));
  }
  return { after, idOf };
}

/** Ids, as of before, of the stages that an edited project would run. */
async function rerun(
  after: Sketch,
  edits: readonly Cosmetic[],
  idOf: (id: string) => string,
): Promise<string[]> {
  await realise(project, sketch, after);
  let root = project.root;
  try {
    for (const { touch = [], moveTo } of edits) {
      for (const file of touch) await fs.utimes(path.join(root, file), 1, 1);
      if (moveTo === undefined) continue;
      const target = path.join(path.dirname(root), `naspipe-${path.basename(project.root)}-${moveTo}`);
      await fs.rename(root, target);
      root = target;
    }
    const found = await fingerprintsOf(root, after.pipelineFile);
    return [...before].flatMap(([id, fingerprint]) => (found.get(idOf(id)) === fingerprint ? [] : [id]));
  } finally {
    if (root !== project.root) await fs.rename(root, project.root);
    await realise(project, after, sketch);
  }
}

test('nothing reruns for edits that change no result, however many', async () => {
  const edits = fc.array(cosmetic, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(edits, async (list) => {
      const { after, idOf } = applied(list, sketch);
      expect(await rerun(after, list, idOf), list.map(({ name }) => name).join('; ')).toEqual([]);
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('exactly the dependants of what was edited rerun, whatever else is touched', async () => {
  const edits = fc.uniqueArray(effective, {
    minLength: 1,
    maxLength: 2,
    selector: ({ name }) => name.slice(0, 9),
  });
  await fc.assert(
    fc.asyncProperty(edits, fc.array(cosmetic, { maxLength: 2 }), async (real, around) => {
      const edited = real.reduce((of, { apply }) => apply(of), sketch);
      const { after, idOf } = applied(around, edited);
      const expected = dependantsOf(
        sketch,
        real.flatMap(({ stages }) => stages),
      );
      const names = [...real, ...around].map(({ name }) => name).join('; ');
      expect(await rerun(after, around, idOf), names).toEqual(expected);
    }),
    { numRuns: 25 },
  );
}, 120_000);

test('a project that was run, moved, renamed and tidied takes everything from its store', async () => {
  const { result } = await project.run({ pipeline: sketch.pipeline, file: sketch.pipelineFile });
  expect(new Set(Object.values(statuses(result)))).toEqual(new Set(['ran']));
  const edits = fc.sample(cosmetic, { numRuns: 10, seed: 5 });
  const { after, idOf } = applied(edits, sketch);
  await realise(project, sketch, after);
  const again = await project.run({
    pipeline: JSON.stringify(after.pipeline, null, after.indent),
    file: after.pipelineFile,
  });
  expect(new Set(Object.values(statuses(again.result)))).toEqual(new Set(['cached']));
  for (const [id, stage] of Object.entries(result.stages)) {
    expect(again.result.stages[idOf(id)]!.outputs).toEqual(stage!.outputs);
  }
});
