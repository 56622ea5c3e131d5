/**
 * A life of a store: one pipeline is run in it again and again, each time disturbed at a random moment, until a run gets
 * to its end. It must then have what an undisturbed run has, and nothing may have been lost or damaged on the way.
 *
 * @typedef {import('../../src/base/rng.ts').Rng} Rng
 * @typedef {import('../../src/schema/generated/event.ts').RunEvent} RunEvent
 * @typedef {{ readonly [output: string]: string }} Digests `stage.port` → digest
 *
 * @typedef {object} Driver how a pipeline is run
 * @property {readonly string[]} words what comes after `node`; the store is added
 * @property {string} cwd
 * @property {{ readonly [stage: string]: string }} [types] of its stages, where its device can be made to fail
 * @property {NodeJS.ProcessEnv} [env]
 *
 * @typedef {typeof KILLS[number] | typeof STOPS[number] | 'the device fails'} How
 *
 * @typedef {object} Point one disturbance
 * @property {How} how
 * @property {string} where stage that was under way, or what the driver did
 * @property {number} [step] last step that was told
 *
 * @typedef {object} Wish what to do in the next run
 * @property {How} how
 * @property {string} [stage] disturb this one, at a random step; without it: at any moment
 * @property {number} [rest] how often it is to be disturbed, this time included, before it ends
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const built = '../../dist/';
const { isHeld, readHolder } = await import(`${built}base/locks.js`);
const { openStore } = await import(`${built}store/index.js`);

export const KILLS = /** @type {const} */ ([
  'SIGKILL of the attempt',
  'SIGKILL of the driver',
  'SIGKILL of both',
]);
export const STOPS = /** @type {const} */ ([
  'Ctrl-C (SIGINT of both)',
  'SIGTERM of the driver',
  'SIGTERM of the attempt',
]);
export const DEVICE = 'the device fails';

/** What a run may exit with after each; 0: it got to its end before. `null`: killed. */
const EXPECTED = /** @type {{ readonly [how in How]: readonly (number | null)[] }} */ ({
  'SIGKILL of the attempt': [0, 1],
  'SIGKILL of the driver': [0, null],
  'SIGKILL of both': [0, null],
  'Ctrl-C (SIGINT of both)': [0, 3],
  'SIGTERM of the driver': [0, 3],
  'SIGTERM of the attempt': [0, 3],
  'the device fails': [0, 1],
});

/** What cannot be: the promise that is broken, in a sentence. */
export class Broken extends Error {}

/** @param {unknown} condition @param {string} message */
function must(condition, message) {
  if (!condition) throw new Broken(message);
}

/** @param {RunEvent & { event: 'stage-finished' | 'stage-cached' }} event @returns {Digests} */
const digestsOf = ({ stage, outputs }) =>
  Object.fromEntries(Object.entries(outputs).map(([port, digest]) => [`${stage}.${port}`, `${digest}`]));

export class Life {
  /** @type {Point[]} */
  points = [];
  /** Outputs of stages that have finished. @type {Digests} */
  committed = {};
  /** Milliseconds from the start of a driver to its first attempt (a moving average), and from there on. */
  pace = { start: 500, rest: 0 };
  /** Steps of each stage, as it tells them. @type {{ [stage: string]: number }} */
  steps = {};

  /**
   * @param {Driver} driver
   * @param {string} store
   * @param {Rng} rng
   * @param {Life} [model] an undisturbed one, from which this one knows what to expect
   */
  constructor(driver, store, rng, model) {
    this.driver = driver;
    this.store = store;
    this.rng = rng;
    if (model) {
      // a stage further at most
      this.pace = { start: model.pace.start, rest: model.pace.rest / 12 };
      this.steps = model.steps;
    }
  }

  /**
   * Runs the pipeline once; without a wish, undisturbed.
   *
   * @param {Wish} [wish]
   * @returns {Promise<'ended' | 'disturbed'>}
   */
  async go(wish) {
    const { driver, rng, pace } = this;
    const started = performance.now();
    const child = spawn(process.execPath, [...driver.words, '--store', this.store], {
      cwd: driver.cwd,
      env: { ...process.env, ...driver.env, ...(wish?.how === DEVICE && { FAULTS: this.#faults(wish) }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const ended = once(child, 'exit');
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
    });
    let where = 'start of the driver';
    /** @type {number | undefined} */
    let step;
    let fingerprint = '';
    /** @type {string | undefined} */
    let status;
    /** @type {Broken | undefined} */
    let broken;
    let isDone = false;
    const share = rng.uniform();
    /** Step at which the stage is disturbed, known from its first one: where it is resumed. @type {number | undefined} */
    let at;
    const isEarly = wish?.stage === undefined && rng.uniform() < 0.25 && !wish?.how.endsWith('the attempt');
    const later = rng.uniform();
    /** Checkpoints until it is disturbed, where it is neither early nor at some time. */
    let left = wish?.stage === undefined && !isEarly && rng.uniform() < 0.5 ? 1 + rng.integer(8) : 0;

    const disturb = async () => {
      if (isDone || wish === undefined || wish.how === DEVICE) return;
      isDone = true;
      const point = { how: wish.how, where, ...(step !== undefined && { step }) };
      if (await this.#signal(wish.how, /** @type {number} */ (child.pid), fingerprint))
        this.points.push(point);
    };
    /** @param {number} ms */
    const after = (ms) => setTimeout(disturb, ms);
    /** @type {NodeJS.Timeout[]} */
    const timers = [];
    if (isEarly) timers.push(after(later * pace.start));

    /** @param {RunEvent} event */
    const take = (event) => {
      if (event.event === 'stage-started') {
        if (fingerprint === '') {
          pace.start += (performance.now() - started - pace.start) / 4;
          if (wish && wish.stage === undefined && !isEarly && left === 0)
            timers.push(after(later * pace.rest));
        }
        [where, step, fingerprint] = [event.stage, undefined, event.fingerprint];
        must(
          !this.hasFinished(event.stage),
          `${event.stage} had finished, and was started again: ${event.reason}`,
        );
      }
      if (event.event === 'stage-progress') {
        this.steps[event.stage] = event.total;
        if (event.stage === where) step = event.step;
      }
      if (event.event === 'stage-checkpoint') {
        if (event.stage === wish?.stage) {
          const remaining = (this.steps[event.stage] ?? event.step + 1) - event.step;
          at ??= event.step + Math.floor((share * remaining) / (wish.rest ?? 1));
          if (event.step >= at) disturb();
        }
        if (left > 0 && --left === 0) disturb();
      }
      if (event.event === 'stage-finished' || event.event === 'stage-cached') {
        for (const [output, digest] of Object.entries(digestsOf(event))) {
          const before = this.committed[output] ?? digest;
          must(before === digest, `${output} was ${before}, and is ${digest}`);
          this.committed = { ...this.committed, [output]: digest };
        }
        [where, step] = [`after ${event.stage}`, undefined];
        // it was too quick
        if (event.stage === wish?.stage) timers.push(after(later * pace.rest));
      }
      if (event.event === 'stage-failed' && wish?.how === DEVICE) {
        isDone = true;
        this.points.push({ how: DEVICE, where: event.stage, ...(step !== undefined && { step }) });
        must(/^(out-of-memory|device-lost)$/.test(event.code), `${event.stage} failed: ${event.message}`);
      }
      must(event.event !== 'warning', `a warning: ${'message' in event ? event.message : ''}`);
      must(
        event.event !== 'stage-note' || !event.sentence.startsWith('it starts over'),
        `a checkpoint could not be used: ${'sentence' in event ? event.sentence : ''}`,
      );
      if (event.event === 'run-finished') status = event.status;
    };
    createInterface({ input: child.stdout }).on('line', (line) => {
      try {
        take(JSON.parse(line));
      } catch (error) {
        // a line that a killed driver did not write to its end is no event
        if (error instanceof Broken) broken ??= error;
      }
    });
    const [code] = await ended;
    for (const timer of timers) clearTimeout(timer);
    if (wish === undefined) pace.rest = performance.now() - started - pace.start;
    if (broken) throw broken;
    const allowed = wish && isDone ? [...EXPECTED[wish.how]] : [0];
    // before the first stage and after the last a driver ends as any program does
    if (isDone && (fingerprint === '' || status !== undefined)) allowed.push(null);
    must(
      allowed.includes(code),
      `the driver exited with ${code}, expected ${allowed.join(' or ')}:\n${said}`,
    );
    return status === 'ok' ? 'ended' : 'disturbed';
  }

  /** @param {string} stage */
  hasFinished(stage) {
    return Object.keys(this.committed).some((output) => output.startsWith(`${stage}.`));
  }

  /** @param {Wish} wish */
  #faults({ stage }) {
    const codes = /** @type {const} */ (['out-of-memory', 'device-lost']);
    const fault = { code: codes[this.rng.integer(2)], message: 'it failed', call: 1 + this.rng.integer(40) };
    return JSON.stringify(stage === undefined ? {} : { [this.driver.types?.[stage] ?? stage]: fault });
  }

  /**
   * Sends the signal; false when there was nobody to send it to.
   *
   * @param {How} how
   * @param {number} driver
   * @param {string} fingerprint
   */
  async #signal(how, driver, fingerprint) {
    const signal = how.includes('SIGINT') ? 'SIGINT' : how.includes('SIGTERM') ? 'SIGTERM' : 'SIGKILL';
    let victim = how.endsWith('both') || how.endsWith('both)') ? -driver : driver;
    if (how.endsWith('the attempt')) {
      const lock = path.join(this.store, 'locks', fingerprint);
      for (let tries = 0; ; tries++) {
        const pid = readHolder(lock)?.pid;
        if (pid !== undefined && pid !== driver && isHeld(lock)) {
          victim = pid;
          break;
        }
        if (tries === 40) return false;
        await sleep(5);
      }
    }
    try {
      process.kill(victim, signal);
      return true;
    } catch {
      return false;
    }
  }

  /** Whether the end is as it must be: nothing damaged, nothing missing, nothing locked. */
  async verify() {
    const opened = await openStore(this.store);
    must(opened.ok, 'the store cannot be opened');
    const { findings, reruns, divergences } = await opened.value.check(false);
    must(
      findings.length === 0,
      `damage: ${findings.map((/** @type {any} */ { what, why }) => `${what}: ${why}`)}`,
    );
    must(reruns.length === 0, 'outputs of a stage are missing');
    must(divergences.length === 0, 'two outputs for one fingerprint');
    for (const name of readdirSync(path.join(this.store, 'locks'))) {
      must(!isHeld(path.join(this.store, 'locks', name)), `the lock ${name} outlives its process`);
    }
  }
}
