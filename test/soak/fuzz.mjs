import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Feeds random pipelines, data sets and artifacts to what reads them: `npm run soak:fuzz -- --seconds 600 --seed 8`. */
const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '300' }, seed: { type: 'string', default: '1' } },
});
for (const [name, text] of Object.entries(values)) {
  if (!/^[1-9]\d*$/.test(text)) {
    console.error(`--${name} must be a whole number from 1, got ${text}`);
    process.exit(2);
  }
}
const { status } = spawnSync(
  'npx',
  ['vitest', 'run', 'test/bad-input/fuzz.test.ts', '--disable-console-intercept'],
  {
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SECONDS: values.seconds, FUZZ_SEED: values.seed },
  },
);
process.exitCode = status ?? 1;
