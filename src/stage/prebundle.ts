import * as path from 'node:path';
import { nodeFiles as files } from '../base/files.ts';
import { bundleStage } from './bundle.ts';
import { ownRoot } from './package.ts';

/**
 * The last step of the build: bundles every built-in stage type to `dist/stages/<type>.mjs`, with what the engine needs
 * to know of it in `<type>.json`, so that an installed naspipe needs none of its sources.
 */
const target = path.join(ownRoot, 'dist', 'stages');
await files.remove(target);
await files.makeDirectory(target);
for (const type of await files.list(path.join(ownRoot, 'stages'))) {
  const entry = path.join(ownRoot, 'stages', type, 'stage.ts');
  if ((await files.stat(entry)) === undefined) continue;
  const bundle = await bundleStage(files, entry, ownRoot);
  if (bundle.ok) {
    const { text, ...facts } = bundle.value;
    await files.writeNew(path.join(target, `${type}.mjs`), text);
    await files.writeNew(path.join(target, `${type}.json`), `${JSON.stringify(facts, null, 1)}\n`);
  } else {
    for (const { code, message } of bundle.failures) console.error(`stages/${type}: ${code}: ${message}`);
    process.exitCode = 1;
  }
}
