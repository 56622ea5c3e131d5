import { fail, ok, type Result } from '../../base/result.ts';
import { leadsOutside, readUserText } from '../../base/user-file.ts';
import { type ArtifactKind, kinds } from '../../kinds/index.ts';
import { everyStage, type Input, type Stage } from '../../pipeline/pipeline.ts';
import { problems } from '../../schema/catalogue.ts';
import { parseJson } from '../../schema/load.ts';
import type { Problem } from '../../schema/problem.ts';
import type { Artifact, Prepared, Work } from './prepare.ts';

/** What a stage's inputs name outside the pipeline, by how they were written; for results and messages. */
export const writtenInput = (input: Input): string => {
  switch (input.from) {
    case 'stage':
      return `${input.stage}.${input.port}`;
    case 'file':
      return input.written;
    case 'artifact':
      return input.written ?? 'artifact';
    case 'item':
      return 'item';
    case 'each':
      return `${input.foreach}.${input.stage}.${input.port}`;
  }
};

/** Brings a JSON file into the store as an artifact of the kind that the port takes. */
async function importFile(
  { project, store }: Work,
  input: Input & { readonly from: 'file' },
): Promise<Result<Artifact, Problem>> {
  const { written, at } = input;
  const kind: ArtifactKind<unknown> = kinds[input.kind];
  const target = await leadsOutside(project.files, project.root, input.path);
  if (target !== undefined) return fail(problems.outsideProject(at, written, target));
  const text = await readUserText(project.files, input.path);
  if (!text.ok) return fail(problems.unreadable(written, text.failures[0]!.message, at));
  const document = parseJson({ name: written, text: text.value });
  if (!document.ok) return document;
  const checked = kind.check(document.value.value);
  if (!checked.ok) {
    return fail(problems.wrongContent(at, written, input.kind, checked.failures));
  }
  const { digest } = await store.objects.put(input.kind, kind.version, kind.save(checked.value));
  return ok({ kind: input.kind, digest });
}

async function findArtifact(
  { store }: Work,
  { kind, digest, at }: Input & { readonly from: 'artifact' },
): Promise<Result<Artifact, Problem>> {
  const { present } = await store.objects.check(digest);
  const manifest = present ? await store.objects.manifest(digest) : undefined;
  if (manifest === undefined) return fail(problems.unknownArtifact(at, store.root, digest));
  return manifest.kind === kind ? ok({ kind, digest }) : fail(problems.artifactKind(at, kind, manifest.kind));
}

/** An input from outside the pipeline. */
const outside = (
  work: Work,
  input: Input & { readonly from: 'file' | 'artifact' },
): Promise<Result<Artifact, Problem>> =>
  input.from === 'file' ? importFile(work, input) : findArtifact(work, input);

/**
 * The artifacts of a stage's inputs, given those of the stages before it; `undefined` when one of these is not known.
 * Files are read, checked as their kind, and kept in the store; all that is wrong with them is told at once.
 */
export async function inputsOf(
  work: Work,
  stage: Pick<Stage, 'inputs'>,
  outputs: (stage: string) => { readonly [port: string]: Artifact | undefined } | undefined,
): Promise<Result<Prepared['inputs'] | undefined, Problem>> {
  const found: { [port: string]: Artifact } = {};
  const wrong: Problem[] = [];
  let known = true;
  for (const [port, input] of stage.inputs) {
    if (input.from === 'stage') {
      const artifact = outputs(input.stage)?.[input.port];
      if (artifact === undefined) known = false;
      else found[port] = { kind: artifact.kind, digest: artifact.digest };
    } else if (input.from === 'item' || input.from === 'each') known = false;
    else {
      const artifact = await outside(work, input);
      if (artifact.ok) found[port] = artifact.value;
      else wrong.push(...artifact.failures);
    }
  }
  if (wrong.length > 0) return fail(...wrong);
  return ok(known ? found : undefined);
}

/** Problems of the inputs that come from outside the pipeline, all at once; empty when they are all there. */
export async function externalProblems(work: Work): Promise<Problem[]> {
  const lists = [...work.pipeline.foreachs.values()].map(({ items }) => ({
    inputs: new Map([['items', items]]),
  }));
  const all = [...everyStage(work.pipeline), ...lists];
  const found = await Promise.all(all.map((stage) => inputsOf(work, stage, () => undefined)));
  return found.flatMap((result) => (result.ok ? [] : result.failures));
}
