import * as path from 'node:path';
import { type Files, readText, readTextIfWhole } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { readUserText } from '../base/user-file.ts';
import { problems } from '../schema/catalogue.ts';
import { type CompiledSchema, compileSchema, type Schema } from '../schema/check.ts';
import { type JsonDocument, pointerOf, valueSpan } from '../schema/document.ts';
import { parseJson } from '../schema/load.ts';
import type { Problem } from '../schema/problem.ts';
import type { Span } from '../schema/source.ts';
import { type Bundle, bundleStage } from './bundle.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { installedPackage, ownRoot, packageRoot, readPackage } from './package.ts';

/** Where a stage type comes from. */
export type Origin = 'project' | 'plug-in' | 'built-in';

/** A stage type as found on disk; its code has not been executed. */
export interface StageType {
  readonly name: string;
  readonly origin: Origin;
  /** Name of the package that brings it, or the directory's name. */
  readonly package: string;
  /** Absolute directory of that package; packages that its code imports are resolved from here. */
  readonly root: string;
  /** Absolute path of its schema. */
  readonly schemaFile: string;
  /** Absolute path of its module, or of the module that was bundled when naspipe was built. */
  readonly module: string;
  readonly prebundled: boolean;
  readonly manifest: Manifest;
  /** The schema as it was written. */
  readonly schema: JsonDocument;
}

/** Every stage type that a project can use. */
export interface StageTypes {
  readonly types: ReadonlyMap<string, StageType>;
  /** Stage types that are there and cannot be used: name → why. */
  readonly broken: ReadonlyMap<string, readonly Problem[]>;
  /** What is wrong with the plug-ins that the project names. */
  readonly problems: readonly Problem[];
}

const typeName = /^[a-z][a-z0-9-]*$/;
const extensions = ['ts', 'js', 'mjs'];

/** A package that may bring stage types. */
interface Bringer {
  readonly root: string;
  readonly origin: Origin;
  readonly name: string;
}

/** The nearest directory at or above a pipeline that holds a package.json; its own directory when there is none. */
export async function projectRoot(files: Files, directory: string): Promise<string> {
  return (await packageRoot(files, directory)) ?? path.resolve(directory);
}

/** Whether a plug-in is named as a package is, or as a folder below the project; never one that leads out of it. */
const isPluginName = (name: unknown): name is string =>
  typeof name === 'string' &&
  (/^\.\/[^\0]+$/.test(name)
    ? !name.split(/[\\/]/).includes('..')
    : /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(name));

const PACKAGE = 'package.json';

/** The package.json of a project, with its places. */
const packageDocument = async (files: Files, root: string): Promise<Result<JsonDocument, Problem>> => {
  const text = await readUserText(files, path.join(root, PACKAGE));
  return text.ok
    ? parseJson({ name: PACKAGE, text: text.value })
    : fail(problems.unreadable(PACKAGE, text.failures[0]!.message));
};

const isDirectory = async (files: Files, file: string): Promise<boolean> =>
  (await files.stat(file)) !== undefined &&
  (await files.stat(await files.realPath(file)))?.kind === 'directory';

/** Why a package.json is not read. */
async function packageMistakes(files: Files, root: string): Promise<readonly Problem[]> {
  const document = await packageDocument(files, root);
  return document.ok ? [problems.notPackage(valueSpan(document.value, ''))] : document.failures;
}

/** A mistake in what a package.json says of plug-ins, at its place; what npm reads and we do not is told instead. */
async function aboutPlugins(
  files: Files,
  root: string,
  problem: (at: Span, text: string) => Problem,
  text: string,
  index?: number,
): Promise<Problem> {
  const document = await packageDocument(files, root);
  if (!document.ok) return document.failures[0]!;
  const place = pointerOf(['naspipe', 'plugins', ...(index === undefined ? [] : [index])]);
  return problem(valueSpan(document.value, place), text);
}

/** The project, the plug-ins that its package.json names, then naspipe: each once. */
async function bringers(files: Files, root: string): Promise<{ found: Bringer[]; problems: Problem[] }> {
  const facts = await readPackage(files, root);
  const wrong: Problem[] = [];
  const found: Bringer[] = [{ root, origin: 'project', name: facts?.name ?? path.basename(root) }];
  const plugins: unknown = facts?.naspipe?.plugins ?? [];
  const named: readonly unknown[] = Array.isArray(plugins) ? plugins : [];
  for (const [index, plugin] of named.entries()) {
    if (!isPluginName(plugin)) {
      wrong.push(await aboutPlugins(files, root, problems.invalidPlugin, JSON.stringify(plugin), index));
      continue;
    }
    const local = plugin.startsWith('.');
    const directory = local ? path.resolve(root, plugin) : await installedPackage(files, root, plugin);
    if (directory === undefined || !(await isDirectory(files, directory))) {
      wrong.push(await aboutPlugins(files, root, problems.missingPlugin, plugin, index));
    } else found.push({ root: directory, origin: 'plug-in', name: plugin });
  }
  if (facts === undefined && (await files.stat(path.join(root, PACKAGE))) !== undefined) {
    wrong.push(...(await packageMistakes(files, root)));
  }
  if (!Array.isArray(plugins)) {
    wrong.push(await aboutPlugins(files, root, problems.notPlugins, JSON.stringify(plugins)));
  }
  found.push({ root: ownRoot, origin: 'built-in', name: 'naspipe' });
  const seen = new Set<string>();
  const distinct: Bringer[] = [];
  for (const bringer of found) {
    const there = await files.stat(bringer.root);
    const real = there === undefined ? bringer.root : await files.realPath(bringer.root);
    if (!seen.has(real)) distinct.push(bringer);
    seen.add(real);
  }
  return { found: distinct, problems: wrong };
}

/** A file of the project by its path there; any other by its whole path. */
const shownFrom = (root: string, file: string): string => {
  const relative = path.relative(root, file);
  return relative.startsWith('..') ? file : relative;
};

/** The module of a stage type: its source, or for a built-in of another project what the build made of it. */
async function moduleOf(
  files: Files,
  { root, origin }: Bringer,
  name: string,
): Promise<Pick<StageType, 'module' | 'prebundled'> | undefined> {
  const ready = path.join(root, 'dist', 'stages', `${name}.mjs`);
  const own = (await files.realPath(root)) === (await files.realPath(ownRoot));
  const sources = origin !== 'built-in' && (!own || (await files.stat(path.join(root, 'src'))) !== undefined);
  if (own && !sources && (await files.stat(ready)) !== undefined) return { module: ready, prebundled: true };
  for (const extension of extensions) {
    const module = path.join(root, 'stages', name, `stage.${extension}`);
    if ((await files.stat(module)) !== undefined) return { module, prebundled: false };
  }
  return undefined;
}

async function readStageType(
  files: Files,
  bringer: Bringer,
  name: string,
  schemaFile: string,
  shown: string,
  metaSchema: CompiledSchema,
): Promise<Result<StageType, Problem>> {
  const module = await moduleOf(files, bringer, name);
  if (module === undefined) {
    return fail({
      code: 'missing-stage-module',
      message: `${shown} describes it, but there is no stages/${name}/stage.ts beside`,
    });
  }
  const text = await readTextIfWhole(files, schemaFile);
  if (text === undefined) {
    const read = await readUserText(files, schemaFile);
    return fail(problems.unreadable(shown, read.ok ? 'it was written just now' : read.failures[0]!.message));
  }
  const document = parseJson({ name: shown, text });
  if (!document.ok) return document;
  const manifest = readManifest(document.value, metaSchema);
  if (!manifest.ok) return manifest;
  const { root, origin } = bringer;
  return ok({
    name,
    origin,
    package: bringer.name,
    root,
    schemaFile,
    ...module,
    manifest: manifest.value,
    schema: document.value,
  });
}

let compiledManifest: CompiledSchema | undefined;

/** The schema of the schemas of stage types, compiled once. */
async function manifestSchema(files: Files): Promise<CompiledSchema> {
  if (compiledManifest !== undefined) return compiledManifest;
  const file = path.join(ownRoot, 'schemas', 'stage-manifest.schema.json');
  const compiled = compileSchema(JSON.parse(await readText(files, file)) as Schema);
  if (!compiled.ok)
    throw new Error(`internal error: expected a schema in ${file}, got ${compiled.failures[0]!.message}`);
  compiledManifest = compiled.value;
  return compiledManifest;
}

/**
 * The stage types of a project: those in `<root>/stages/<type>` with `<root>/schemas/stages/<type>.schema.json`, then
 * those of the plug-ins named in its package.json (`"naspipe": {"plugins": […]}`), then the built-ins.
 */
export async function discoverStageTypes(files: Files, root: string): Promise<StageTypes> {
  const types = new Map<string, StageType>();
  const broken = new Map<string, readonly Problem[]>();
  const metaSchema = await manifestSchema(files);
  const { found, problems: wrong } = await bringers(files, root);
  for (const bringer of found) {
    const schemas = path.join(bringer.root, 'schemas', 'stages');
    const names = new Set<string>();
    for (const entry of await files.list(schemas)) {
      if (entry.endsWith('.schema.json')) names.add(entry.slice(0, -'.schema.json'.length));
    }
    for (const entry of await files.list(path.join(bringer.root, 'stages'))) {
      if ((await files.stat(path.join(bringer.root, 'stages', entry)))?.kind === 'directory')
        names.add(entry);
    }
    for (const name of [...names].sort()) {
      const schemaFile = path.join(schemas, `${name}.schema.json`);
      const shown = shownFrom(root, schemaFile);
      const first = types.get(name);
      if (first !== undefined) {
        const message = `both ${first.package} (${shownFrom(root, first.schemaFile)}) and ${bringer.name} (${shown}) bring it`;
        broken.set(name, [{ code: 'duplicate-stage-type', message, hints: ['Rename one of the two.'] }]);
        types.delete(name);
      } else if (!typeName.test(name)) {
        broken.set(name, [
          { code: 'invalid-stage-type-name', message: `"${name}" must match ${typeName.source}` },
        ]);
      } else if (name === 'foreach') {
        const message = '"foreach" is a word of pipelines and cannot name a stage type';
        broken.set(name, [{ code: 'invalid-stage-type-name', message, hints: ['Rename it.'] }]);
      } else if ((await files.stat(schemaFile)) === undefined) {
        const message = `there is no ${shown}, which declares its params and ports`;
        broken.set(name, [{ code: 'missing-stage-schema', message }]);
      } else if (!broken.has(name)) {
        const read = await readStageType(files, bringer, name, schemaFile, shown, metaSchema);
        if (read.ok) types.set(name, read.value);
        else broken.set(name, read.failures);
      }
    }
  }
  return { types, broken, problems: wrong };
}

/** The code of a stage type: bundled now, or as the build bundled it. Nothing is executed. */
export async function bundleOf(files: Files, type: StageType): Promise<Result<Bundle>> {
  if (!type.prebundled) return bundleStage(files, type.module, type.root);
  const facts = JSON.parse(await readText(files, type.module.replace(/\.mjs$/, '.json'))) as Omit<
    Bundle,
    'text'
  >;
  return ok({ ...facts, text: await readText(files, type.module) });
}
