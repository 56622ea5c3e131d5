import { kinds, type Tree } from '../../src/kinds/index.ts';
import * as samples from '../kinds/samples.ts';

/** The files of a small sound artifact of every kind. */
export const sampleTrees = (): ReadonlyMap<string, Tree> =>
  new Map([
    ['architecture', kinds.architecture.save(samples.architecture)],
    ['controller', kinds.controller.save(samples.controller)],
    ['evaluation', kinds.evaluation.save(samples.evaluation)],
    ['json', kinds.json.save({ a: [1, 2] })],
    ['latency-measurement', kinds['latency-measurement'].save(samples.latencyMeasurement)],
    ['latency-table', kinds['latency-table'].save(samples.latencyTable)],
    ['model', kinds.model.save(samples.model)],
    ['search-space', kinds['search-space'].save(samples.space)],
    ['supernet', kinds.supernet.save(samples.supernet)],
    ['train-split', kinds['train-split'].save(samples.split)],
    ['trials', kinds.trials.save(samples.trials)],
  ]);
