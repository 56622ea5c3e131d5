import { createRequire } from 'node:module';
import { sep } from 'node:path';
import { nodeFiles } from '../base/files.ts';
import { fail, ok, type Result } from '../base/result.ts';
import { compileKernels, type Kernels } from './kernels.ts';
import {
  addonIn,
  buildsHere,
  currentFolder,
  type NativeBuild,
  nativeBuilds,
  packageRoot,
} from './native-source.ts';

interface Addon {
  readonly lanes: number;
  supported(): NativeBuild[];
}

/** What `PIPE_CPU` may say. */
const wishes = [...nativeBuilds, 'wasm'] as const;

const load = (file: string): Addon => createRequire(import.meta.url)(file) as Addon;

const buildCommand = packageRoot.includes(`${sep}node_modules${sep}`)
  ? 'npm explore naspipe -- npm run build:native'
  : 'npm run build:native';

/** Instruction sets as they are recorded: what `baseline` is depends on the architecture. */
function instructionSetOf(build: NativeBuild): string {
  if (build !== 'baseline') return build;
  return process.arch === 'x64' ? 'sse2' : 'neon';
}

/** The native builds that are there and can run here, the best first. */
async function usable(): Promise<{ readonly file: string; readonly build: NativeBuild }[]> {
  const folder = await currentFolder();
  if (folder === undefined) return [];
  const files = buildsHere.map((build) => ({ build, file: addonIn(folder, build) }));
  const stats = await nodeFiles.statAll(files.map(({ file }) => file));
  const baseline = files.findIndex(({ build }) => build === 'baseline');
  if (stats[baseline] === undefined) return [];
  const supported = load(files[baseline]!.file).supported();
  return files.filter(({ build }, i) => stats[i] !== undefined && supported.includes(build));
}

const nativeKernels = ({ file, build }: { file: string; build: NativeBuild }): Kernels => ({
  build: 'native',
  instructionSet: instructionSetOf(build),
  lanes: load(file).lanes,
  code: file,
});

/** Every build that a user may name, and the kernels where it is there and this processor runs it. */
export async function everyBuild(): Promise<{ readonly build: string; readonly kernels: Result<Kernels> }[]> {
  return Promise.all(wishes.map(async (build) => ({ build, kernels: await chooseKernels(build) })));
}

/** The best kernels that are built and that this processor runs. */
export async function bestKernels(): Promise<Kernels> {
  const [best] = await usable().catch(() => []);
  return best === undefined ? compileKernels() : nativeKernels(best);
}

/** The kernels that the user names. Fails with `bad-cpu-build` when there are none of that name here. */
export async function chooseKernels(wish: string): Promise<Result<Kernels>> {
  if (wish === 'wasm') return ok(await compileKernels());
  const found = await usable().catch(() => []);
  const named = found.find(({ build }) => build === wish);
  if (named !== undefined) return ok(nativeKernels(named));
  const problem = !(wishes as readonly string[]).includes(wish)
    ? `it may be ${wishes.slice(0, -1).join(', ')} or ${wishes.at(-1)}`
    : found.length === 0
      ? `there is no native build: ${buildCommand}`
      : 'this processor does not have these instructions';
  return fail({ code: 'bad-cpu-build', message: `"${wish}": ${problem}` });
}

/** What the user can do to have faster kernels than these; nothing when these are the best here. */
export async function fasterThan(kernels: { readonly instructionSet: string }): Promise<string | undefined> {
  const found = await usable().catch(() => []);
  const [best] = found;
  if (best === undefined) {
    return `The native build is 2 to 3 times faster: ${buildCommand} (it needs clang++ or g++).`;
  }
  if (instructionSetOf(best.build) === kernels.instructionSet) return undefined;
  return `Faster without PIPE_CPU: this processor runs the native build for ${instructionSetOf(best.build)}.`;
}
