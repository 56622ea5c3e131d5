import { register } from 'node:module';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StageModule } from '../stage/contract.ts';
import { Failed, failureOf } from './failure.ts';

export interface BundleLocation {
  /** Absolute path of the module. */
  readonly file: string;
  /** Absolute directories from which the packages it imports are resolved, tried in order. */
  readonly resolveFrom: readonly string[];
  /** Whether it imports packages at all. */
  readonly hasPackages: boolean;
}

/** Imports a stage's bundle. Fails with `bundle-broken` when it cannot be imported or exports no stage. */
export async function importBundle({ file, resolveFrom, hasPackages }: BundleLocation): Promise<StageModule> {
  const url = pathToFileURL(file).href;
  if (hasPackages) {
    const parents = resolveFrom.map((directory) => pathToFileURL(path.join(directory, 'package.json')).href);
    register('../../dist/attempt/resolve-hook.js', {
      parentURL: import.meta.url,
      data: { bundle: url, parents },
    });
  }
  let exported: { readonly default?: unknown };
  try {
    exported = (await import(url)) as { readonly default?: unknown };
  } catch (error) {
    const { message, stack } = failureOf(error, 'stage');
    throw new Failed({
      code: 'bundle-broken',
      message: `the stage's code cannot be loaded: ${message}`,
      ...(stack === undefined ? {} : { stack }),
    });
  }
  const stage = exported.default as Partial<StageModule> | undefined;
  if (typeof stage?.run !== 'function') {
    const message =
      "the default export of the stage's module is no stage: write export default defineStage(…)";
    throw new Failed({ code: 'bundle-broken', message });
  }
  return stage as StageModule;
}
