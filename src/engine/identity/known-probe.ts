import * as os from 'node:os';
import * as path from 'node:path';
import { type Digest, digestValue } from '../../base/digest.ts';
import type { Files } from '../../base/files.ts';
import { ok, type Result } from '../../base/result.ts';
import { numericsVersion } from '../../net/backend.ts';
import type { Probe } from '../../schema/generated/probe.ts';
import { installedPackage, ownRoot, readPackage } from '../../stage/package.ts';
import type { Cache } from '../../store/index.ts';
import { type EnvironmentWish, labelled, probeBackends } from './environment.ts';

/** Environment variables that decide what is found. */
const decisive = /^(PIPE_CPU$|CUDA_|TF_|NVIDIA_|LD_LIBRARY_PATH$|NODE_OPTIONS$|NODE_PATH$)/;

/** The source of the kernels and what was compiled from it. */
async function nativeFiles(files: Files): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['src/cpu/kernels', 'build/native']) {
    if ((await files.stat(path.join(ownRoot, folder))) === undefined) continue;
    const names = await files.list(path.join(ownRoot, folder));
    found.push(...names.sort().map((name) => `${folder}/${name}`));
  }
  return found;
}

/** All that can change what a probe finds: this machine, this installation, what the user asks for. */
async function circumstances(files: Files, { backend, threads }: EnvironmentWish): Promise<object> {
  const built = ['dist/attempt/main.js', 'src/cpu/wasm/kernels.wasm', ...(await nativeFiles(files))].map(
    (file) => path.join(ownRoot, file),
  );
  const packages = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node', 'onnxruntime-node'].map(
    async (name) => {
      const directory = await installedPackage(files, ownRoot, name);
      return directory === undefined ? null : [directory, (await readPackage(files, directory))?.version];
    },
  );
  const [cpu] = os.cpus();
  return {
    backend,
    threads,
    numericsVersion,
    built: (await files.statAll(built)).map((stat) => stat && [stat.inode, stat.size, `${stat.modified}`]),
    packages: await Promise.all(packages),
    gpus: (await files.list('/dev')).filter((name) => name.startsWith('nvidia')),
    environment: Object.entries(process.env)
      .filter(([name]) => decisive.test(name))
      .sort(),
    node: process.version,
    machine: [
      os.hostname(),
      process.platform,
      process.arch,
      cpu?.model,
      os.availableParallelism(),
      os.totalmem(),
    ],
  };
}

/** Digest of all that can change what a probe finds. */
export const circumstancesOf = async (files: Files, wish: EnvironmentWish): Promise<Digest> =>
  digestValue('naspipe/probe', await circumstances(files, wish));

/**
 * What `probeBackends` finds, without starting a process when it was asked before under the same circumstances. Only
 * answers with a backend that works are kept.
 */
export async function knownProbe(files: Files, cache: Cache, wish: EnvironmentWish): Promise<Result<Probe>> {
  const name = `probe/${(await circumstancesOf(files, wish)).slice(0, 32)}.json`;
  const kept = await cache.find<Probe>(name);
  if (kept !== undefined) return ok(labelled(kept, wish));
  const { device: _, ...unlabelled } = wish;
  const found = await probeBackends(unlabelled);
  if (!found.ok) return found;
  if (found.value.chosen !== undefined) await cache.keep(name, found.value);
  return ok(labelled(found.value, wish));
}
