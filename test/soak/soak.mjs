/**
 * The resume law, attacked for long: a pipeline of every training stage is run in one store after another, its driver and
 * its attempts killed and stopped at random moments, until there were enough points. Every life must end with the bytes
 * of an undisturbed run, with nothing lost, damaged, run twice or locked.
 *
 *     npm run soak -- [--points 1000] [--seed n] [--parallel 1] [--backend cpu]
 *
 * Points are kills; stops by SIGINT and SIGTERM come on top. `--backend tf`: on the plain kernels of TensorFlow.js, whose
 * device also fails at random moments: it is lost, is out of memory, or answers late. Exit code 1: a promise is broken; what to look at is printed,
 * and the store stays.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { campaign, killsOf, table } from './campaign.mjs';
import { cpuDriver, tfDriver, trained } from './drivers.mjs';
import { Broken, DEVICE, KILLS, STOPS } from './life.mjs';

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: '1000' },
    seed: { type: 'string', default: `${Math.floor(Date.now() / 1000) % 1e6}` },
    parallel: { type: 'string', default: '1' },
    backend: { type: 'string', default: 'cpu' },
  },
});
const [all, seed, parallel] = [Number(values.points), Number(values.seed), Number(values.parallel)];
if (![all, seed, parallel].every((n) => Number.isSafeInteger(n) && n >= 0) || parallel === 0) {
  console.error('--points, --seed and --parallel take whole numbers');
  process.exit(2);
}
if (values.backend !== 'cpu' && values.backend !== 'tf') {
  console.error(`--backend takes cpu or tf, got ${values.backend}`);
  process.exit(2);
}
const isTf = values.backend === 'tf';
const place = mkdtempSync(path.join(tmpdir(), 'naspipe-soak-'));
const again = `npm run soak -- --points ${all} --seed ${seed} --parallel ${parallel}${isTf ? ' --backend tf' : ''}`;
console.log(`seed ${seed}; the same again: ${again}`);

const started = performance.now();
let toldAt = started;
/** @type {{ points: readonly import('./life.mjs').Point[]; lives: number }[]} */
const soFar = [];
const tell = () => {
  if (performance.now() - toldAt < 10_000) return;
  toldAt = performance.now();
  const seconds = (toldAt - started) / 1000;
  const points = soFar.reduce((sum, each) => sum + killsOf(each.points), 0);
  const lives = soFar.reduce((sum, each) => sum + each.lives, 0);
  const rate = points / seconds;
  const left = Math.max(0, all - points) / rate;
  console.log(
    `${points} of ${all} kills in ${lives} lives · ${rate.toFixed(2)} a second · ETA ${Math.ceil(left / 60)} min`,
  );
};

try {
  const ways = [...KILLS, ...STOPS, ...(isTf ? /** @type {const} */ ([DEVICE]) : [])];
  const results = await Promise.all(
    Array.from({ length: parallel }, (_, i) =>
      campaign({
        driver: isTf ? tfDriver() : cpuDriver(),
        place: path.join(place, `${i}`),
        seed: seed + i,
        kills: Math.ceil(all / parallel),
        // three kills to a stop
        anywhere: [
          ...KILLS,
          ...STOPS.slice(0, 1),
          ...KILLS,
          ...STOPS.slice(1, 2),
          ...KILLS,
          ...STOPS.slice(2),
        ],
        inside: ways,
        stages: trained,
        onPoint(points, lives) {
          soFar[i] = { points, lives };
          tell();
        },
      }),
    ),
  );
  const points = results.flatMap((each) => each.points);
  const lives = results.reduce((sum, each) => sum + each.lives, 0);
  const minutes = (performance.now() - started) / 60_000;
  console.log(
    `\n${killsOf(points)} kills and ${points.length - killsOf(points)} other points in ${lives} lives, ${minutes.toFixed(1)} min: ${results[0]?.outputs} outputs equal in each\n`,
  );
  console.log(table(points).join('\n'));
  rmSync(place, { recursive: true, force: true });
} catch (error) {
  if (!(error instanceof Broken)) throw error;
  console.error(`\nA promise is broken: ${error.message}\n\nThe same again: ${again}`);
  process.exit(1);
}
