import { never } from '../base/result.ts';

/** Linear warm-up in front of a schedule (Goyal et al. 2017 §2.2). */
interface Warmup {
  /** Duration of the climb from `from` to `rate`; the schedule proper starts after it. Default 0. */
  readonly warmup?: number;
  /** Rate at step 0 of the climb. Default 0. */
  readonly from?: number;
}

/**
 * How the learning rate moves. Durations (`warmup`, `every`, `period`) are in steps; `inSteps` converts from epochs.
 *
 * - `constant`: `rate` throughout
 * - `step`: times `factor` after every `every`
 * - `exponential`: times `factor` per `every`, continuously
 * - `exponential-ramp`: from `rate` to `rate`·`factor` at the end, continuously (TuNAS's controller, Bender et al. 2020)
 * - `cosine`: from `rate` down to `floor` at the end, Loshchilov & Hutter 2017 eq. 5 with one period
 * - `cosine-restarts`: the same over periods of `period`, `period·multiplier`, … (their T_0, T_mul)
 */
export type Schedule = Warmup &
  (
    | { readonly kind: 'constant'; readonly rate: number }
    | { readonly kind: 'step'; readonly rate: number; readonly every: number; readonly factor: number }
    | { readonly kind: 'exponential'; readonly rate: number; readonly every: number; readonly factor: number }
    | { readonly kind: 'exponential-ramp'; readonly rate: number; readonly factor: number }
    | { readonly kind: 'cosine'; readonly rate: number; readonly floor?: number }
    | {
        readonly kind: 'cosine-restarts';
        readonly rate: number;
        readonly floor?: number;
        readonly period: number;
        readonly multiplier: number;
      }
  );

/** The schedule with durations given in epochs (fractions allowed) turned into steps. */
export function inSteps(schedule: Schedule, stepsPerEpoch: number): Schedule {
  const warmup = schedule.warmup === undefined ? {} : { warmup: schedule.warmup * stepsPerEpoch };
  switch (schedule.kind) {
    case 'constant':
    case 'cosine':
    case 'exponential-ramp':
      return { ...schedule, ...warmup };
    case 'step':
    case 'exponential':
      return { ...schedule, ...warmup, every: schedule.every * stepsPerEpoch };
    case 'cosine-restarts':
      return { ...schedule, ...warmup, period: schedule.period * stepsPerEpoch };
    default:
      return never(schedule);
  }
}

/**
 * Learning rate of one step.
 *
 * @param step 0…totalSteps-1
 * @param totalSteps steps of the whole training, warm-up included
 */
export function learningRate(schedule: Schedule, step: number, totalSteps: number): number {
  const warmup = schedule.warmup ?? 0;
  if (step < warmup) {
    const from = schedule.from ?? 0;
    return from + (schedule.rate - from) * (step / warmup);
  }
  return after(schedule, step - warmup, totalSteps - warmup);
}

function after(schedule: Schedule, step: number, total: number): number {
  const { rate } = schedule;
  switch (schedule.kind) {
    case 'constant':
      return rate;
    case 'step':
      return rate * schedule.factor ** Math.floor(step / schedule.every);
    case 'exponential':
      return rate * schedule.factor ** (step / schedule.every);
    case 'exponential-ramp':
      return rate * schedule.factor ** Math.min(1, step / total);
    case 'cosine':
      return cosine(rate, schedule.floor ?? 0, step / total);
    case 'cosine-restarts': {
      const { period, multiplier } = schedule;
      if (!(period > 0 && multiplier >= 1)) {
        throw new Error(`internal error: expected period > 0, multiplier >= 1, got ${period}, ${multiplier}`);
      }
      let length = period;
      let within = step;
      while (within >= length) {
        within -= length;
        length *= multiplier;
      }
      return cosine(rate, schedule.floor ?? 0, within / length);
    }
    default:
      return never(schedule);
  }
}

const cosine = (rate: number, floor: number, progress: number): number =>
  floor + ((rate - floor) / 2) * (1 + Math.cos(Math.PI * Math.min(1, progress)));
