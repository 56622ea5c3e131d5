// @ts-nocheck a script of its own, without types
/**
 * What commands take beyond Node's own start, warm: help, a plan of the main pipeline, and a run of it when all is cached.
 * The last two only where its outputs are in the store.
 *
 *     npm run bench:cli -- [--pipeline pipelines/enas-mnas.json] [--store artifacts]
 */
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { load, median, timed, told } from './measure.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const main = path.join(root, 'dist/cli/main.js');
const { values } = parseArgs({
  options: {
    pipeline: { type: 'string', default: 'pipelines/enas-mnas.json' },
    store: { type: 'string', default: 'artifacts' },
  },
});
const words = [values.pipeline, '--store', values.store];
const commands = {
  'node -e 0': ['-e', '0'],
  'pipe --help': [main, '--help'],
  'pipe plan': [main, 'plan', ...words],
  'pipe run, all cached': [main, 'run', ...words],
};
const cached = (plan) => JSON.parse(plan).stages.every(({ status }) => status === 'cached');
const { execFileSync } = await import('node:child_process');
const plan = execFileSync(process.execPath, [main, 'plan', '--json', ...words], {
  cwd: root,
  encoding: 'utf8',
});
if (!cached(plan)) {
  delete commands['pipe run, all cached'];
  console.log(`not everything of ${values.pipeline} is in ${values.store}: its run is left out`);
}

console.log(load());
const times = new Map(Object.keys(commands).map((name) => [name, []]));
for (let i = 0; i < 15; i++) {
  for (const [name, command] of Object.entries(commands)) {
    times.get(name).push(timed([process.execPath, ...command], { cwd: root }));
  }
}
const node = median(times.get('node -e 0'));
for (const [name, all] of times) {
  console.log(
    `${name.padEnd(22)} ${told(all)}, ${(median(all) - node).toFixed(0)} ms beyond Node's own start`,
  );
}
console.log(load());
