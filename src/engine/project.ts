import * as path from 'node:path';
import { type Files, nodeFiles, readText } from '../base/files.ts';
import { fail, type Result } from '../base/result.ts';
import { checkPipeline } from '../pipeline/check.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { readPipeline } from '../pipeline/unchecked.ts';
import { problems } from '../schema/catalogue.ts';
import type { Problem } from '../schema/problem.ts';
import type { Bundle } from '../stage/bundle.ts';
import {
  bundleOf,
  discoverStageTypes,
  projectRoot,
  type StageType,
  type StageTypes,
} from '../stage/discovery.ts';
import { ownRoot, readPackage } from '../stage/package.ts';

/** The project that a pipeline belongs to. */
export interface Project {
  /** Absolute directory of its package.json. */
  readonly root: string;
  readonly files: Files;
  readonly types: StageTypes;
  /** Version of naspipe itself. */
  readonly version: string;
  /** The code of a stage type, bundled once in the life of this object. Nothing is executed. */
  code(type: StageType): Promise<Result<Bundle>>;
}

/** Files whose bytes are read once: the stage types of a project share most of their sources. */
function readingOnce(files: Files): Files {
  const texts = new Map<string, Promise<Uint8Array>>();
  return {
    ...files,
    read(file) {
      const known = texts.get(file) ?? files.read(file);
      texts.set(file, known);
      return known;
    },
  };
}

/** Finds the project at or above a directory, and its stage types. */
export async function loadProject(directory: string, files: Files = nodeFiles): Promise<Project> {
  const root = await projectRoot(files, directory);
  const [types, own] = await Promise.all([discoverStageTypes(files, root), readPackage(files, ownRoot)]);
  const sources = readingOnce(files);
  const bundles = new Map<string, Promise<Result<Bundle>>>();
  return {
    root,
    files,
    types,
    version: own?.version ?? 'unknown',
    code(type) {
      const known = bundles.get(type.name) ?? bundleOf(sources, type);
      bundles.set(type.name, known);
      return known;
    },
  };
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
  let text: string;
  try {
    text = await readText(project.files, path.resolve(from, file));
  } catch (error) {
    return fail(problems.unreadable(file, error));
  }
  const unchecked = readPipeline({ name: file, text }, project.root, sets);
  return unchecked.ok ? checkPipeline(unchecked.value, project.types) : unchecked;
}
