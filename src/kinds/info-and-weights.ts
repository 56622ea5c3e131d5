import type { Failure, Result } from '../base/result.ts';
import type { Tensors } from '../net/network.ts';
import { writeSafetensors } from '../net/safetensors.ts';
import type { ArtifactKind } from './kind.ts';
import { type ArtifactSchema, schemaFailure } from './schema.ts';
import { expectFiles, jsonFile, jsonOf, tensorsOf } from './tree.ts';
import { membersOf, settle, tensorsFailure } from './value.ts';

/** Checking, saving and loading of kinds that are `info.json` and `weights.safetensors`. */
export const infoAndWeights = <T extends { readonly info: object; readonly weights: Tensors }>(
  schema: ArtifactSchema,
  /** What the schema cannot say. */
  failures: (value: T) => Iterable<Failure>,
): Pick<ArtifactKind<T>, 'check' | 'save' | 'load'> => {
  const check = (value: unknown): Result<T> => {
    const { info, weights } = membersOf(value);
    const failure =
      schemaFailure(schema, info, 'info.json') ?? tensorsFailure(weights, 'weights.safetensors');
    return settle(value, failure ? [failure] : [...failures(value as T)]);
  };
  return {
    check,

    save: ({ info, weights }) =>
      new Map([
        ['info.json', jsonFile(info)],
        ['weights.safetensors', writeSafetensors(weights)],
      ]),

    load(tree) {
      const files = expectFiles(tree, ['info.json', 'weights.safetensors']);
      if (!files.ok) return files;
      const info = jsonOf(tree, 'info.json');
      if (!info.ok) return info;
      const weights = tensorsOf(tree, 'weights.safetensors');
      return weights.ok ? check({ info: info.value, weights: weights.value }) : weights;
    },
  };
};
