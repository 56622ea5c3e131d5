import { beforeAll, describe, expect, test } from 'vitest';
import { whyStage } from '../../src/engine/explain/why.ts';
import type { FinishedRun } from '../../src/engine/index.ts';
import { compareHeadlines, compareRuns } from '../../src/report/diff.ts';
import { comparisonLines } from '../../src/report/diff-text.ts';
import { headlineOf } from '../../src/report/headline.ts';
import { htmlReport } from '../../src/report/html/report.ts';
import {
  findOutput,
  findRun,
  findStage,
  parseReference,
  parseStageReference,
} from '../../src/report/reference.ts';
import { runsTable } from '../../src/report/runs.ts';
import { showRun, showStage } from '../../src/report/show.ts';
import { recordOf, storeSource } from '../../src/report/source.ts';
import { plainStyle } from '../../src/report/style.ts';
import { summaryLines } from '../../src/report/summary.ts';
import { whyLines } from '../../src/report/why.ts';
import type { StageResult } from '../../src/schema/generated/run-result.ts';
import type { Store } from '../../src/store/index.ts';
import * as samples from '../kinds/samples.ts';
import { encodings, searchRun, temporaryStore } from './fixture.ts';

process.env.TZ = 'UTC';

let store: Store;
let first: FinishedRun;
let again: FinishedRun;
let other: FinishedRun;

beforeAll(async () => {
  const target = await temporaryStore();
  store = target.store;
  first = await searchRun(target);
  target.clock.now += 60_000;
  again = await searchRun(target, { median: 1.5 });
  target.clock.now += 60_000;
  other = await searchRun(target, {
    reward: 'tunas-absolute',
    encoding: encodings.large,
    correct: 2,
    median: 0.75,
  });
});

test('the summary of a run says what was found, where it lies and what to do next', async () => {
  const headline = await headlineOf(first, storeSource(store));
  const lines = summaryLines(first, {
    headline,
    runDirectory: 'artifacts/runs/latest',
    command: 'npx pipe run pipelines/toy.json',
    baseline: { file: 'pipelines/random.json' },
    style: plainStyle,
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "Test accuracy  75.0 % ± 30.0   (trained weights, 4 test images)",
      "Network        34.6 k params · 1.7 M MACs",
      "Latency        1.25 ms measured (1.13–1.50), 1.20 ms predicted, 1 thread",
      "Runners-up     75.0 % at 0.49 M MACs, 50.0 % at 0.49 M MACs   (search/trials, inherited weights, validation)",
      "Front          1 architecture, hypervolume 1.5e-6 of accuracy 0 to 100 % by cost 0 to 0.49 M MACs (the limit)",
      "Time           1m07s · 4 stages ran",
      "Artifacts      artifacts/runs/latest/",
      "Next           npx pipe show latest",
      "               npx pipe show latest --html report.html",
      "Baseline       npx pipe run pipelines/random.json",
    ]
  `);
});

test('where the baseline has run, the summary puts the two beside each other', async () => {
  const source = storeSource(store);
  const [a, b] = [await headlineOf(other, source), await headlineOf(first, source)];
  const lines = summaryLines(first, {
    headline: b,
    runDirectory: 'artifacts/runs/latest',
    command: 'x',
    baseline: { run: other.run, metrics: compareHeadlines(a, b) },
    style: plainStyle,
  });
  expect(lines).toMatchInlineSnapshot(`
    [
      "                     baseline  this run",
      " test accuracy         50.0 %    75.0 %   +25.0   within noise (± 42.4)",
      " latency, measured    0.75 ms   1.25 ms   +67 %",
      " MACs                   1.7 M     1.7 M",
      " params                34.6 k    34.6 k",
      "",
      "Test accuracy  75.0 % ± 30.0   (trained weights, 4 test images)",
      "Network        34.6 k params · 1.7 M MACs",
      "Latency        1.25 ms measured (1.13–1.50), 1.20 ms predicted, 1 thread",
      "Runners-up     75.0 % at 0.49 M MACs, 50.0 % at 0.49 M MACs   (search/trials, inherited weights, validation)",
      "Front          1 architecture, hypervolume 1.5e-6 of accuracy 0 to 100 % by cost 0 to 0.49 M MACs (the limit)",
      "Time           1m07s · 4 stages ran",
      "Artifacts      artifacts/runs/latest/",
      "Next           npx pipe show latest",
      "               npx pipe show latest --html report.html",
      "Baseline       npx pipe diff 261124-101510-3c latest",
    ]
  `);
});

test('a run of which everything was cached has nothing to do', async () => {
  const stages = Object.fromEntries(
    Object.entries(first.stages).map(([id, stage]) => [id, { ...stage!, status: 'cached' as const }]),
  );
  const lines = summaryLines(
    { ...first, elapsedMs: 900, stages },
    {
      headline: {},
      runDirectory: 'artifacts/runs/latest',
      command: 'x',
      earlier: first.run,
      style: plainStyle,
    },
  );
  expect(lines).toMatchInlineSnapshot(`
    [
      "Time       0.9s · nothing to do: 4 stages cached",
      "Artifacts  artifacts/runs/latest/",
      "Next       npx pipe show latest",
      "           npx pipe show latest --html report.html",
      "Compare    npx pipe diff 261124-101200-00 latest",
    ]
  `);
});

test('a stopped run says how to go on', () => {
  const stages = { ...first.stages, search: { ...first.stages.search!, status: 'stopped' as const } };
  const lines = summaryLines(
    { ...first, status: 'stopped', stages },
    {
      headline: {},
      runDirectory: 'artifacts/runs/latest',
      command: 'npx pipe run p.json',
      style: plainStyle,
    },
  );
  expect(lines).toMatchInlineSnapshot(`
    [
      "Time       1m07s · 3 stages ran, 1 stopped",
      "Artifacts  artifacts/runs/latest/",
      "Go on      npx pipe run p.json",
    ]
  `);
});

test('the list of runs', async () => {
  const rows = [];
  const killed = { headline: {}, labels: { v: 1 as const, tags: [] }, live: false };
  const measure = { ...first.stages.measure!, status: 'not-run' as const };
  const unfinished = { ...first, status: 'unfinished' as const, stages: { ...first.stages, measure } };
  for (const result of [other, again, first]) {
    rows.push({
      id: result.run,
      result,
      headline: await headlineOf(result, storeSource(store)),
      labels: { v: 1 as const, tags: [] },
      live: false,
    });
  }
  expect(
    runsTable([
      ...rows,
      { ...killed, id: '261124-090500-00', result: unfinished },
      { ...killed, id: '261124-090400-00', result: unfinished, live: true },
      { ...killed, id: '261124-090000-00', name: 'toy-search' },
    ]),
  ).toMatchInlineSnapshot(`
    [
      "run               pipeline    when              status    time  stages            accuracy   MACs  latency",
      "261124-101510-3c  toy-search  2026-11-24 10:15  ok       1m07s  3 of 4 ran   50.0 % ± 30.0  1.7 M  0.75 ms",
      "261124-101407-3c  toy-search  2026-11-24 10:14  ok        3.0s  1 of 4 ran   75.0 % ± 30.0  1.7 M  1.50 ms",
      "261124-101200-00  toy-search  2026-11-24 10:12  ok       1m07s  4 of 4 ran   75.0 % ± 30.0  1.7 M  1.25 ms",
      "261124-090500-00  toy-search  2026-11-24 10:12  killed          3 of 4 done",
      "261124-090400-00  toy-search  2026-11-24 10:12  running         3 of 4 done",
      "261124-090000-00  toy-search                    killed",
    ]
  `);
});

test('a run, and a stage of it with its record', async () => {
  const headline = await headlineOf(first, storeSource(store));
  expect(showRun(first, headline, 'artifacts/runs/x', plainStyle)).toMatchInlineSnapshot(`
    [
      "toy-search · run 261124-101200-00 · ok · 2026-11-24 10:12 · 1m07s",
      "seed 7 · backend cpu (wasm, wasm-simd128, 2 threads)",
      "",
      "space     ran   0.1s  mobilenet-v3 ×0.125",
      "search    ran  1m02s  reward 0.742",
      "evaluate  ran   2.0s  accuracy 75.0 %",
      "measure   ran   3.0s  1.25 ms",
      "",
      "Test accuracy  75.0 % ± 30.0   (trained weights, 4 test images)",
      "Network        34.6 k params · 1.7 M MACs",
      "Latency        1.25 ms measured (1.13–1.50), 1.20 ms predicted, 1 thread",
      "Runners-up     75.0 % at 0.49 M MACs, 50.0 % at 0.49 M MACs (search/trials,",
      "               inherited weights, validation)",
      "Front          1 architecture, hypervolume 1.5e-6 of accuracy 0 to 100 % by cost",
      "               0 to 0.49 M MACs (the limit)",
      "Artifacts      artifacts/runs/x/",
    ]
  `);
  const stage = first.stages.search!;
  expect(
    showStage('search', stage, await recordOf(store, stage), 'artifacts/runs/x/search', plainStyle).map(
      (line) => line.replace(/\b[0-9a-f]{12,}\b/g, '<digest>').replace(/[\d.]+ k?B$/, '<size>'),
    ),
  ).toMatchInlineSnapshot(`
    [
      "search (controller-search) · ran · 1m02s",
      "Why          it has not run before",
      "Found        reward 0.742",
      "Made         2026-11-24 10:13 · 1m02s · 40 steps",
      "On           laptop: Bench CPU, Linux 6.1 x64, Node 20.20.2",
      "Code         naspipe 0.1.0 · bundle <digest> · commit <digest> with",
      "             uncommitted changes",
      "Seed         7",
      "Fingerprint  <digest>",
      "Artifacts    artifacts/runs/x/search/",
      "",
      "Inputs",
      "  space  space.space  <digest>",
      "",
      "Outputs",
      "  trials        trials        <digest>  <size>",
      "  architecture  architecture  <digest>  <size>",
      "",
      "Params",
      "  reward  "mnas-soft"",
      "  steps   40",
    ]
  `);
});

test('a failure of several lines: the first in the run, all of them as they are in the stage', async () => {
  const message = 'it is no table\n    3 |   "split": 1\n      |            ^';
  const failed: StageResult = {
    ...first.stages.measure!,
    status: 'failed',
    failure: { code: 'malformed-table', message },
  };
  const result = { ...first, stages: { ...first.stages, measure: failed } };
  const headline = await headlineOf(first, storeSource(store));
  const lines = showRun(result, headline, 'artifacts/runs/x', plainStyle);
  expect(lines).toContain('measure   failed   3.0s  it is no table');
  expect(lines.join('\n')).not.toContain('split');
  expect(showStage('measure', failed, undefined, 'artifacts/runs/x/measure', plainStyle).slice(1, 4)).toEqual(
    ['Failed       it is no table', '                 3 |   "split": 1', '                   |            ^'],
  );
});

describe('diff', () => {
  test('a repetition is the same, its new measurement aside', async () => {
    const comparison = await compareRuns(store, first, again);
    expect(comparison.same).toBe(true);
    expect(comparisonLines(comparison, plainStyle)).toMatchInlineSnapshot(`
      [
        "261124-101200-00 and 261124-101407-3c are the same",
        "measured again       measure",
        "same                 space search evaluate",
      ]
    `);
  });

  test('another reward: the first difference, figures, blocks, stages', async () => {
    const comparison = await compareRuns(store, first, other);
    expect(comparison.same).toBe(false);
    expect(comparison.first).toEqual({
      stage: 'search',
      change: { field: 'params.reward', from: '"mnas-soft"', to: '"tunas-absolute"' },
    });
    expect(comparisonLines(comparison, plainStyle, { a: '00', b: 'latest' })).toMatchInlineSnapshot(`
      [
        "first difference     search.params.reward   "mnas-soft" → "tunas-absolute"",
        "                          00   latest",
        " test accuracy        75.0 %   50.0 %   −25.0   within noise (± 42.4)",
        " latency, measured   1.25 ms  0.75 ms   −40 %",
        " MACs                  1.7 M    1.7 M",
        " params               34.6 k   34.6 k",
        " time of all stages    1m07s    1m07s",
        "architecture         b1  k3 e3     →  k5 e6 SE",
        "                     b3  identity  →  k7 e6",
        "follows from inputs  evaluate measure",
        "same                 space",
      ]
    `);
  });

  test('over seeds: means, and whether they differ by more than noise', async () => {
    const seeds = (...runs: FinishedRun[]): FinishedRun => ({
      ...first,
      stages: Object.fromEntries(
        runs.map(({ stages }, seed) => [
          `evaluate@seed=${seed}`,
          { ...stages.evaluate!, name: 'evaluate', cell: { seed: `${seed}` } },
        ]),
      ),
    });
    const { metrics } = await compareRuns(store, seeds(first, other), seeds(other, other));
    const [accuracy] = metrics;
    expect(accuracy).toMatchObject({ of: 'mean of 2 seeds', name: 'test accuracy', a: 0.625, b: 0.5 });
    // s² = 0.03125 of two beside 0 of two: one degree of freedom, t = 12.706, √(0.03125 / 2)
    expect(accuracy!.margin).toBeCloseTo(12.706 * 0.125, 6);
    const lines = comparisonLines(
      await compareRuns(store, seeds(first, other), seeds(other, other)),
      plainStyle,
    );
    expect(lines.find((line) => line.startsWith(' test accuracy'))).toMatch(
      / test accuracy +62\.5 % +50\.0 % +−12\.5 +within noise \(± 158\.8\)$/,
    );
    const clear = comparisonLines(
      await compareRuns(store, seeds(first, first), seeds(other, other)),
      plainStyle,
    );
    expect(clear.find((line) => line.startsWith(' test accuracy'))).toMatch(
      /−25\.0 +beyond noise \(± 0\.0\)$/,
    );
  });

  test('one stage against another', async () => {
    const comparison = await compareRuns(store, first, other, { a: 'space', b: 'space' });
    expect(comparison.same).toBe(true);
    expect(comparison.stages.map(({ id, status }) => [id, status])).toEqual([['space', 'same']]);
    const searches = await compareRuns(store, first, other, { a: 'search', b: 'search' });
    expect(comparisonLines(searches, plainStyle)).toMatchInlineSnapshot(`
      [
        "first difference     search.params.reward   "mnas-soft" → "tunas-absolute"",
        "search               architecture: b1.expansion 3 → 6; b1.kernel 3 → 5;",
        "                     b1.squeeze-excite off → on; b3.block identity → mbconv;",
        "                     b3.expansion nothing → 6; b3.kernel nothing → 7; and 2 more",
      ]
    `);
  });
});

describe('why', () => {
  const lines = async (result: FinishedRun, stage: string): Promise<string[]> => {
    const why = await whyStage(store, result, stage);
    if (!why.ok) throw new Error(why.failures[0]!.message);
    return whyLines(why.value, result.run, plainStyle).map((line) =>
      line.replace(/\b[0-9a-f]{8}…/g, '<digest>'),
    );
  };

  test('a param changed', async () => {
    expect(await lines(other, 'search')).toMatchInlineSnapshot(`
      [
        "search ran on 2026-11-24 10:16 because params.reward changed:",
        "  params.reward  "mnas-soft" → "tunas-absolute"",
        "  since run 261124-101200-00; seed, code, inputs: unchanged",
      ]
    `);
  });

  test('an input changed: where it comes from and what is different in it', async () => {
    expect(await lines(other, 'evaluate')).toMatchInlineSnapshot(`
      [
        "evaluate ran on 2026-11-24 10:16 because its input architecture changed:",
        "  inputs.architecture  <digest> → <digest>   from search.architecture",
        "    b1.expansion 3 → 6; b1.kernel 3 → 5; b1.squeeze-excite off → on; b3.block",
        "    identity → mbconv; and 4 more",
        "  since run 261124-101200-00; params, code: unchanged",
      ]
    `);
  });

  test('nothing changed: why it ran when its outputs were made', async () => {
    expect(await lines(again, 'search')).toMatchInlineSnapshot(`
      [
        "search did not run in 261124-101407-3c: run 261124-101200-00 had made its outputs.",
        "search ran on 2026-11-24 10:13: it had not run before",
      ]
    `);
  });
});

describe('references', () => {
  test('run, stage, port', () => {
    expect(parseReference('latest')).toEqual({ run: 'latest' });
    expect(parseReference('3f2:train')).toEqual({ run: '3f2', stage: 'train' });
    expect(parseReference('3f2:train/model')).toEqual({ run: '3f2', stage: 'train', port: 'model' });
    expect(parseStageReference('train')).toEqual({ run: 'latest', stage: 'train' });
    expect(parseStageReference('3f2:train')).toEqual({ run: '3f2', stage: 'train' });
  });

  test('an unambiguous beginning or end names a run; anything else is an error that helps', async () => {
    expect(await findRun(store, 'latest')).toEqual({ ok: true, value: other });
    expect(await findRun(store, first.run)).toEqual({ ok: true, value: first });
    expect(await findRun(store, '2611')).toEqual({
      ok: false,
      failures: [
        {
          code: 'ambiguous-run',
          message: `"2611" may be ${first.run}, ${again.run} or ${other.run}; give more of the id`,
        },
      ],
    });
    expect(await findRun(store, 'lates')).toEqual({
      ok: false,
      failures: [
        { code: 'unknown-run', message: 'no run "lates"; did you mean "latest"?; npx pipe runs lists them' },
      ],
    });
    expect(findStage(first, 'serch')).toEqual({
      ok: false,
      failures: [
        { code: 'unknown-stage', message: `run ${first.run} has no stage "serch"; did you mean "search"?` },
      ],
    });
    expect(findOutput('search', first.stages.search!, 'supernet')).toEqual({
      ok: false,
      failures: [
        {
          code: 'unknown-port',
          message: 'stage search has no output "supernet"; it has trials and architecture',
        },
      ],
    });
  });
});

test('the HTML report is one file that loads nothing and shows every picture', async () => {
  const html = await htmlReport(store, first);
  expect(html).not.toMatch(/<script|src=|@import|href=/);
  for (const label of [
    'accuracy of each trial against its cost',
    'blocks of the architecture',
    'confusion matrix',
  ]) {
    expect(html).toContain(`aria-label="${label}"`);
  }
  expect(html.match(/<circle/g)).toHaveLength(samples.trials.length);
  expect(html).toContain('<td>controller-search</td><td>ran</td><td>1m02s</td><td>reward 0.742</td>');
});
