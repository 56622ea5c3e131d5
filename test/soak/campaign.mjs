/**
 * Many lives of stores, disturbed until there were enough points, each compared with an undisturbed run.
 *
 * @typedef {import('./life.mjs').Driver} Driver
 * @typedef {import('./life.mjs').How} How
 * @typedef {import('./life.mjs').Point} Point
 *
 * @typedef {object} Wanted
 * @property {Driver} driver
 * @property {string} place directory for the stores; those of a failure stay
 * @property {number} seed
 * @property {number} kills how many points of SIGKILL are wanted at least
 * @property {readonly How[]} anywhere what is done at any moment, in turn
 * @property {readonly How[]} inside what is done to each of `stages` at a random step, at least once
 * @property {readonly string[]} stages
 * @property {number} [atOnce] lives that go on at the same time; 1 where absent
 * @property {(points: readonly Point[], lives: number) => void} [onPoint]
 */
import { mkdirSync, rmSync } from 'node:fs';
import * as path from 'node:path';
import { Broken, Life } from './life.mjs';

const { createRng } = await import(`${'../../dist/'}base/index.js`);

/** Runs in which one thing that is to happen inside a stage did not: then it is given up, as the test would never end. */
const TRIES = 20;

/** Kills for which it is worth to begin another life beside those that go on. */
const MANY = 15;

/** @param {readonly Point[]} points */
export const killsOf = (points) => points.filter(({ how }) => how.startsWith('SIGKILL')).length;

/**
 * @param {Wanted} wanted
 * @returns {Promise<{ points: Point[]; lives: number; outputs: number }>}
 */
export async function campaign({
  driver,
  place,
  seed,
  kills,
  anywhere,
  inside,
  stages,
  atOnce = 1,
  onPoint,
}) {
  mkdirSync(place, { recursive: true });
  const rng = createRng(seed);
  const model = new Life(driver, path.join(place, 'undisturbed'), rng.fork('undisturbed'));
  if ((await model.go()) !== 'ended') throw new Error('the undisturbed run did not get to its end');
  await model.verify();

  const missing = new Set(stages.flatMap((stage) => inside.map((how) => `${stage}: ${how}`)));
  /** What a life is about to do of it. @type {Set<string>} */
  const underWay = new Set();
  /** @type {Point[]} */
  const points = [];
  let lives = 0;
  let living = 0;
  let tries = 0;
  const isEnough = () => killsOf(points) >= kills && missing.size === 0;

  /** Runs the pipeline in one store until it gets to its end. @param {Life} life */
  async function live(life) {
    for (let turn = 0; ; turn++) {
      const open = [...missing].filter(
        (each) => !underWay.has(each) && !life.hasFinished(each.split(': ')[0] ?? ''),
      );
      // one of three is left to chance, so that every stage has its share of that
      const isChosen = open.length > 0 && tries < TRIES && (turn % 3 !== 2 || killsOf(points) >= kills);
      const next = isChosen ? (open[0] ?? '') : '';
      const [stage = '', how = ''] = next.split(': ');
      const wish = isChosen
        ? { how: /** @type {How} */ (how), stage, rest: open.filter((each) => each.startsWith(stage)).length }
        : killsOf(points) < kills
          ? { how: anywhere[points.length % anywhere.length] ?? /** @type {How} */ ('SIGKILL of both') }
          : undefined;
      const before = life.points.length;
      underWay.add(next);
      const went = await life.go(wish);
      underWay.delete(next);
      const [point] = life.points.slice(before);
      if (point) {
        points.push(point);
        if (isChosen && point.where === stage) {
          missing.delete(next);
          tries = 0;
        }
        onPoint?.(points, lives);
      }
      if (isChosen && missing.has(next)) tries++;
      if (went === 'ended') return;
    }
  }

  /** Lives one after another; a further one only where those under way cannot soon do what is left. */
  async function liveOnAndOn() {
    while (!isEnough() && (living === 0 || kills - killsOf(points) > MANY)) {
      const number = lives++;
      living++;
      const store = path.join(place, `life-${number}`);
      const life = new Life(driver, store, rng.fork('life').fork(number), model);
      try {
        await live(life);
        await life.verify();
        const different = Object.keys(model.committed).filter(
          (output) => model.committed[output] !== life.committed[output],
        );
        if (different.length > 0) throw new Broken(`other bytes than undisturbed: ${different.join(', ')}`);
        rmSync(store, { recursive: true, force: true });
        living--;
      } catch (error) {
        if (!(error instanceof Broken)) throw error;
        const done = life.points.map(
          ({ how, where, step }) => `${how}, ${where}${step === undefined ? '' : ` at step ${step}`}`,
        );
        throw new Broken(
          [
            `${error.message}`,
            `seed ${seed}, life ${number}, store ${store}`,
            'What had been done to it:',
            ...done,
          ].join('\n  '),
        );
      }
      if (tries >= TRIES) throw new Error(`${[...missing].join('; ')}: not once in ${TRIES} runs`);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, liveOnAndOn));
  return { points, lives, outputs: Object.keys(model.committed).length };
}

/**
 * What was done where, as a table in Markdown.
 *
 * @param {readonly Point[]} points
 * @returns {string[]}
 */
export function table(points) {
  const hows = [...new Set(points.map(({ how }) => how))].sort();
  const rowOf = (/** @type {Point} */ { where }) => (where.startsWith('after ') ? 'between stages' : where);
  const rows = [...new Set(points.map(rowOf))];
  const count = (/** @type {(point: Point) => boolean} */ test) => `${points.filter(test).length}`;
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [
    line(['under way', ...hows, 'all']),
    line(['---', ...hows.map(() => '--:'), '--:']),
    ...rows.map((row) =>
      line([
        row,
        ...hows.map((how) => count((point) => point.how === how && rowOf(point) === row)),
        count((point) => rowOf(point) === row),
      ]),
    ),
    line(['all', ...hows.map((how) => count((point) => point.how === how)), `${points.length}`]),
  ];
}
