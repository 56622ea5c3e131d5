import { mkdtempSync, rmSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { campaign, killsOf } from '../soak/campaign.mjs';
import { cpuDriver, tfDriver, trained } from '../soak/drivers.mjs';
import { KILLS } from '../soak/life.mjs';

/**
 * The resume law on the shipped stage types, on real processes: killed and stopped at random moments again and again, a
 * pipeline must end as if nothing had been, bit for bit. `npm run soak` does the same for as long as one likes.
 */

const KILLS_WANTED = 40;
const seed = Number(process.env.NASPIPE_SEED ?? 1);

test(`every training stage, killed and stopped at ${KILLS_WANTED} random moments and more, ends with the same bytes (NASPIPE_SEED=${seed})`, async () => {
  const place = mkdtempSync(path.join(os.tmpdir(), 'naspipe-kill-'));
  const { points, outputs } = await campaign({
    driver: cpuDriver(),
    place,
    seed,
    kills: KILLS_WANTED,
    anywhere: KILLS,
    inside: ['SIGKILL of the attempt', 'Ctrl-C (SIGINT of both)', 'SIGTERM of the driver'],
    stages: trained,
    atOnce: 2,
  });
  rmSync(place, { recursive: true });
  expect(killsOf(points)).toBeGreaterThanOrEqual(KILLS_WANTED);
  expect(outputs).toBeGreaterThan(10);
}, 600_000);

test(`the same on TensorFlow.js, killed a few times (NASPIPE_SEED=${seed})`, async () => {
  const place = mkdtempSync(path.join(os.tmpdir(), 'naspipe-kill-'));
  const { points } = await campaign({
    driver: tfDriver('training-short'),
    place,
    seed,
    kills: 3,
    anywhere: KILLS,
    inside: ['SIGKILL of the attempt'],
    stages: ['search'],
  });
  rmSync(place, { recursive: true });
  expect(points.map(({ where }) => where)).toContain('search');
  expect(killsOf(points)).toBeGreaterThanOrEqual(3);
}, 600_000);
