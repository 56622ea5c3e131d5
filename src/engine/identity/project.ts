import * as path from 'node:path';
import { type Files, nodeFiles } from '../../base/files.ts';
import { fail, type Result } from '../../base/result.ts';
import { readUserText } from '../../base/user-file.ts';
import { checkPipeline } from '../../pipeline/check.ts';
import { readBases } from '../../pipeline/extends.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { readPipeline } from '../../pipeline/unchecked.ts';
import { problems } from '../../schema/catalogue.ts';
import type { Problem } from '../../schema/problem.ts';
import { discoverStageTypes, projectRoot, type StageTypes } from '../../stage/discovery.ts';
import { ownRoot, readPackage } from '../../stage/package.ts';

/** The project that a pipeline belongs to. */
export interface Project {
  /** Absolute directory of its package.json. */
  readonly root: string;
  readonly files: Files;
  readonly types: StageTypes;
  /** Version of naspipe itself. */
  readonly version: string;
}

/** Finds the project at or above a directory, and its stage types. */
export async function loadProject(directory: string, files: Files = nodeFiles): Promise<Project> {
  const root = await projectRoot(files, directory);
  const [types, own] = await Promise.all([discoverStageTypes(files, root), readPackage(files, ownRoot)]);
  return { root, files, types, version: own?.version ?? 'unknown' };
}

export interface PipelineFile {
  /** As the user typed it: what messages call it. */
  readonly file: string;
  /** Absolute directory that `file` is relative to. */
  readonly from: string;
  /** `stage.params.name=value` and the like, laid over the text in order. */
  readonly sets?: readonly string[];
}

/** Reads and checks a pipeline; every mistake in it is a problem with its place. Nothing is executed. */
export async function loadPipeline(
  project: Project,
  { file, from, sets = [] }: PipelineFile,
): Promise<Result<Pipeline, Problem>> {
  const found = await readUserText(project.files, path.resolve(from, file));
  if (!found.ok) return fail(problems.unreadable(file, found.failures[0]!.message));
  const source = { name: file, text: found.value };
  const bases = await readBases(project.files, project.root, source, path.resolve(from, file));
  if (!bases.ok) return bases;
  const unchecked = readPipeline(source, project.root, sets, bases.value);
  return unchecked.ok ? checkPipeline(unchecked.value, project.types) : unchecked;
}
