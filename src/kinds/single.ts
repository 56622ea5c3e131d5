import type { Failure, Result } from '../base/result.ts';
import type { ArtifactKind } from './kind.ts';
import { type ArtifactSchema, schemaFailure } from './schema.ts';
import { expectFiles, jsonFile, jsonOf } from './tree.ts';
import { settle } from './value.ts';

/** What kinds of a single JSON file differ in. */
export interface SingleFile<T>
  extends Pick<
    ArtifactKind<T>,
    'kind' | 'version' | 'description' | 'essences' | 'describe' | 'render' | 'diff'
  > {
  readonly file: string;
  readonly schema: ArtifactSchema;
  /** What the schema cannot say. */
  readonly failures: (value: T) => Iterable<Failure>;
}

/** A kind whose tree is one JSON file that a schema of the same value describes. */
export const singleFileKind = <T>(spec: SingleFile<T>): ArtifactKind<T> => {
  const { file, schema, failures, ...rest } = spec;
  const check = (value: unknown): Result<T> => {
    const failure = schemaFailure(schema, value, file);
    return settle(value, failure ? [failure] : [...failures(value as T)]);
  };
  return {
    ...rest,
    check,
    save: (value) => new Map([[file, jsonFile(value)]]),
    load(tree) {
      const files = expectFiles(tree, [file]);
      if (!files.ok) return files;
      const value = jsonOf(tree, file);
      return value.ok ? check(value.value) : value;
    },
  };
};
