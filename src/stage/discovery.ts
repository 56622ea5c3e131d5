import * as path from 'node:path';
import { type Files, readText } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { type CompiledSchema, compileSchema, type Schema } from '../schema/check.ts';
import { parseJson } from '../schema/load.ts';
import type { Problem } from '../schema/problem.ts';
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

/** The project, the plug-ins that its package.json names, then naspipe: each once. */
async function bringers(files: Files, root: string): Promise<{ found: Bringer[]; problems: Problem[] }> {
  const facts = await readPackage(files, root);
  const problems: Problem[] = [];
  const found: Bringer[] = [{ root, origin: 'project', name: facts?.name ?? path.basename(root) }];
  for (const plugin of facts?.naspipe?.plugins ?? []) {
    const directory = plugin.startsWith('.')
      ? path.resolve(root, plugin)
      : await installedPackage(files, root, plugin);
    if (directory === undefined || (await files.stat(directory)) === undefined) {
      const message = `${path.join(root, 'package.json')} names the plug-in "${plugin}", which is not installed`;
      problems.push({ code: 'missing-plugin', message, hints: [`npm install ${plugin}`] });
    } else found.push({ root: directory, origin: 'plug-in', name: plugin });
  }
  found.push({ root: ownRoot, origin: 'built-in', name: 'naspipe' });
  const seen = new Set<string>();
  const distinct: Bringer[] = [];
  for (const bringer of found) {
    const real = await files.realPath(bringer.root);
    if (!seen.has(real)) distinct.push(bringer);
    seen.add(real);
  }
  return { found: distinct, problems };
}

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
  metaSchema: CompiledSchema,
): Promise<Result<StageType, Problem>> {
  const module = await moduleOf(files, bringer, name);
  if (module === undefined) {
    const expected = path.join(bringer.root, 'stages', name, 'stage.ts');
    return fail({
      code: 'missing-stage-module',
      message: `${schemaFile} describes it, but there is no ${expected}`,
    });
  }
  const document = parseJson({ name: schemaFile, text: await readText(files, schemaFile) });
  if (!document.ok) return document;
  const manifest = readManifest(document.value, metaSchema);
  if (!manifest.ok) return manifest;
  const { root, origin } = bringer;
  return ok({ name, origin, package: bringer.name, root, schemaFile, ...module, manifest: manifest.value });
}

/**
 * The stage types of a project: those in `<root>/stages/<type>` with `<root>/schemas/stages/<type>.schema.json`, then
 * those of the plug-ins named in its package.json (`"naspipe": {"plugins": […]}`), then the built-ins.
 */
export async function discoverStageTypes(files: Files, root: string): Promise<StageTypes> {
  const types = new Map<string, StageType>();
  const broken = new Map<string, readonly Problem[]>();
  const metaFile = path.join(ownRoot, 'schemas', 'stage-manifest.schema.json');
  const compiled = compileSchema(JSON.parse(await readText(files, metaFile)) as Schema);
  if (!compiled.ok)
    throw new Error(`internal error: expected a schema in ${metaFile}, got ${compiled.failures[0]!.message}`);
  const { found, problems } = await bringers(files, root);
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
      const first = types.get(name);
      if (first !== undefined) {
        const message = `both ${first.package} (${first.schemaFile}) and ${bringer.name} (${schemaFile}) bring it`;
        broken.set(name, [{ code: 'duplicate-stage-type', message, hints: ['Rename one of the two.'] }]);
        types.delete(name);
      } else if (!typeName.test(name)) {
        broken.set(name, [
          { code: 'invalid-stage-type-name', message: `"${name}" must match ${typeName.source}` },
        ]);
      } else if ((await files.stat(schemaFile)) === undefined) {
        const message = `there is no ${schemaFile}, which declares its params and ports`;
        broken.set(name, [{ code: 'missing-stage-schema', message }]);
      } else if (!broken.has(name)) {
        const read = await readStageType(files, bringer, name, schemaFile, compiled.value);
        if (read.ok) types.set(name, read.value);
        else broken.set(name, read.failures);
      }
    }
  }
  return { types, broken, problems };
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
