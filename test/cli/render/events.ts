import type { RunEvent } from '../../../src/schema/generated/event.ts';

const digest = (letter: string): string => letter.repeat(64);

export const started: RunEvent = {
  event: 'run-started',
  run: '20261124-101200-3f2a',
  pipeline: 'enas-mnas',
  store: '/home/u/project/artifacts',
  backend: 'cpu (wasm, 2 threads)',
  stages: [
    { id: 'data', type: 'data-prep', after: [] },
    { id: 'space', type: 'search-space', after: ['data'] },
    { id: 'search', type: 'controller-search', after: ['data', 'space'] },
    { id: 'evolve', type: 'evolutionary-refinement', after: ['search'] },
  ],
};

export const dataCached: RunEvent = {
  event: 'stage-cached',
  stage: 'data',
  type: 'data-prep',
  fingerprint: digest('1'),
  determinism: 'exact',
  outputs: { train: digest('a') },
  summary: { train: 10000, validation: 1000, test: 10000 },
  ranMs: 412,
};

export const spaceStarted: RunEvent = {
  event: 'stage-started',
  stage: 'space',
  type: 'search-space',
  fingerprint: digest('2'),
  attempt: 'a1',
  reason: 'params.width changed: 0.75 → 0.5',
};

export const spaceFinished: RunEvent = {
  event: 'stage-finished',
  stage: 'space',
  type: 'search-space',
  fingerprint: digest('2'),
  attempt: 'a1',
  status: 'ran',
  determinism: 'exact',
  outputs: { space: digest('b') },
  summary: { space: 'mobilenet-v3 ×0.5', networks: 3.12e12 },
  elapsedMs: 120,
};

export const searchStarted: RunEvent = {
  event: 'stage-started',
  stage: 'search',
  type: 'controller-search',
  fingerprint: digest('3'),
  attempt: 'a2',
  reason: 'no record with these inputs',
};

export const searchResumed: RunEvent = { ...searchStarted, resumedFrom: 900 };

export const searchProgress = (step: number, reward: number, elapsedMs: number): RunEvent => ({
  event: 'stage-progress',
  stage: 'search',
  step,
  total: 2000,
  metrics: { reward, ms: 2.9, 'images/s': 2090 },
  elapsedMs,
});

export const searchKilled: RunEvent = {
  event: 'stage-failed',
  stage: 'search',
  type: 'controller-search',
  fingerprint: digest('3'),
  attempt: 'a2',
  code: 'killed',
  message: 'killed (SIGKILL) at step 1,240 of 2,000',
  checkpointStep: 1200,
  elapsedMs: 62_000,
};

export const searchStopped: RunEvent = {
  event: 'stage-stopped',
  stage: 'search',
  type: 'controller-search',
  fingerprint: digest('3'),
  attempt: 'a2',
  checkpointStep: 1240,
  elapsedMs: 62_000,
};

export const finished = (status: 'ok' | 'failed' | 'stopped'): RunEvent => ({
  event: 'run-finished',
  run: '20261124-101200-3f2a',
  status,
  stages: {},
});
