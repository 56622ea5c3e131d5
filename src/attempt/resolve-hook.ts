import type { InitializeHook, ResolveHook } from 'node:module';

/** Where the packages of a bundle come from: the bundle itself lies in the store, where there are none. */
interface Data {
  readonly bundle: string;
  /** URLs of files in whose place the import is resolved, tried in order. */
  readonly parents: readonly string[];
}

let data: Data = { bundle: '', parents: [] };

export const initialize: InitializeHook<Data> = async (given) => {
  data = given;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  if (context.parentURL !== data.bundle || /^(\.|\/|[a-z]+:)/.test(specifier))
    return next(specifier, context);
  let failure: unknown;
  for (const parentURL of data.parents) {
    try {
      return await next(specifier, { ...context, parentURL });
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure === undefined) return next(specifier, context);
  throw failure;
};
