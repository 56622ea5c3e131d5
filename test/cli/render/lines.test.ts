import { describe, expect, test } from 'vitest';
import { manyLines } from '../../../src/cli/render/many-lines.ts';
import { plainRenderer } from '../../../src/cli/render/plain.ts';
import { stageLines } from '../../../src/cli/render/stage-line.ts';
import { advance, emptyView, type RunView, timeLeft } from '../../../src/cli/render/view.ts';
import { widthOf } from '../../../src/report/layout.ts';
import { plainStyle } from '../../../src/report/style.ts';
import type { RunEvent, RunStarted, StageFailed, StageStarted } from '../../../src/schema/generated/event.ts';
import * as recorded from './events.ts';

/** Each event comes half a second after the one before, the first at 0. */
const seen = (...events: RunEvent[]): { view: RunView; now: number } => ({
  view: events.reduce((view, event, index) => advance(view, event, index * 500), emptyView()),
  now: (events.length - 1) * 500,
});

const screen = ({ view, now }: { view: RunView; now: number }, width = 78): string[] => {
  const pending = new Set(
    [...view.stages.values()]
      .filter(({ state }) => !['cached', 'ran', 'resumed'].includes(state))
      .map(({ id }) => id),
  );
  return [...view.stages.values()].flatMap((stage) =>
    stageLines(stage, { width, idWidth: 7, style: plainStyle, now, spinner: '⠼', pending }),
  );
};

test('of many stages those that run have a line, twenty of them at most', () => {
  const ids = Array.from({ length: 1000 }, (_, i) => `s${i}`);
  const type = 'constant';
  const { view, now } = seen(
    { ...(recorded.started as RunStarted), stages: ids.map((id) => ({ id, type, after: [] })) },
    ...ids.slice(0, 30).map((stage) => ({ ...(recorded.searchStarted as StageStarted), stage, type })),
  );
  const context = { width: 78, idWidth: 4, style: plainStyle, now, spinner: '⠼', pending: new Set<string>() };
  const lines = manyLines([...view.stages.values()], context);
  expect(lines[0]).toBe('   1,000 stages: 30 running · 970 waiting');
  expect(lines[1]).toMatch(/^ ⠼ s0 /);
  expect(lines[20]).toMatch(/^ ⠼ s19 /);
  expect(lines.slice(21)).toEqual(['   and 10 more']);
});

describe('stage lines', () => {
  test('who has a stage, for how long, and how long it waits when another was quicker', () => {
    const waiting = (pid: number, sinceMs: number, waitedMs: number): RunEvent => ({
      event: 'stage-waiting',
      stage: 'data',
      reason: 'lock',
      waitedMs,
      holder: { host: 'vm', pid, stage: 'data', sinceMs },
    });
    const one = seen(recorded.started, waiting(12, 4000, 0));
    expect(screen(one)[0]).toBe('   data     another run has it (data, process 12 on vm) for 4.0s');
    expect(screen({ ...one, now: one.now + 2000 })[0]).toMatch(/ for 6\.0s$/);
    const two = seen(recorded.started, waiting(12, 4000, 0), waiting(13, 1000, 9000));
    expect(screen(two)[0]).toBe(
      '   data     another run has it (data, process 13 on vm) for 1.0s; waits for 9.0s now',
    );
  });

  test('a run under way', () => {
    const lines = screen(
      seen(
        recorded.started,
        recorded.dataCached,
        recorded.spaceStarted,
        recorded.spaceFinished,
        recorded.searchStarted,
        recorded.searchProgress(1000, 0.5, 500),
        recorded.searchProgress(1100, 0.6, 1000),
        recorded.searchProgress(1160, 0.742, 1500),
      ),
    );
    expect(lines).toEqual([
      ' ✔ data     10,000 train · 1,000 validation · 10,000 test        cached (0.4s)',
      ' ✔ space    mobilenet-v3 ×0.5 · 3.1e12 networks                           0.1s',
      ' ⠼ search   ███████████▋           58 %  reward 0.742 ▁▄█  2.90 ms  ETA 0:05',
      '   evolve   waits for search',
    ]);
  });

  test('resumed, and a screen too narrow for every metric', () => {
    const state = seen(
      recorded.started,
      recorded.searchResumed,
      recorded.searchProgress(1280, 0.742, 500),
      recorded.searchProgress(1300, 0.75, 1000),
    );
    expect(screen(state, 58)[2]).toBe(' ↻ search   resumed at 900  ████████▌       65 %  ETA 0:18');
    expect(screen(state)[2]).toBe(
      ' ↻ search   resumed at 900  ██████████▍        65 %  reward 0.750 ▁█  ETA 0:18',
    );
  });

  test('killed: what happened, the checkpoint, the log', () => {
    expect(
      screen(
        seen(recorded.started, recorded.searchStarted, recorded.searchKilled, recorded.finished('failed')),
      ),
    ).toEqual([
      '   data     not run',
      '   space    not run',
      ' ✖ search   killed (SIGKILL) at step 1,240 of 2,000                      1m02s',
      '            checkpoint at step 1,200 · log: npx pipe logs latest:search',
      '   evolve   not run',
    ]);
  });

  test('failed with a text of lines: each as it is where it fits, else broken', () => {
    const message = 'it is no table:\n    3 |   "split": 1\n      |            ^\nsplit must be a text';
    const failed = { ...(recorded.searchKilled as StageFailed), code: 'malformed-table', message };
    const all = seen(recorded.started, recorded.searchStarted, failed);
    expect(screen(all).slice(2, 7)).toEqual([
      ' ✖ search   it is no table:                                              1m02s',
      '                3 |   "split": 1',
      '                  |            ^',
      '            split must be a text',
      '            checkpoint at step 1,200 · log: npx pipe logs latest:search',
    ]);
    expect(screen(all, 28).slice(2, 7)).toEqual([
      ' ✖ search   it is no   1m02s',
      '            table:',
      '            3 | "split": 1',
      '            | ^',
      '            split must be a',
    ]);
    let written = '';
    const log = plainRenderer({ write: (text) => (written += text) }, { elapsed: () => 0 }, '/home');
    for (const event of [recorded.started, failed]) log.event(event);
    expect(written.split('\n').slice(1, 5)).toEqual([
      'search  failed after 1m02s: it is no table:',
      '            3 |   "split": 1',
      '              |            ^',
      '        split must be a text',
    ]);
  });

  test('stopped at a checkpoint', () => {
    expect(
      screen(
        seen(
          recorded.started,
          recorded.searchStarted,
          recorded.searchProgress(1240, 0.7, 60000),
          recorded.searchStopped,
        ),
      )[2],
    ).toBe(' ■ search   stopped at step 1,240 of 2,000                               1m02s');
  });

  test('no line is wider than the screen', () => {
    const long: RunEvent = { ...(recorded.searchKilled as object), message: 'word '.repeat(60) } as RunEvent;
    for (const width of [40, 60, 78]) {
      for (const events of [
        [recorded.searchResumed, recorded.searchProgress(1, 0.1, 1), recorded.searchProgress(999, 0.2, 2)],
        [recorded.dataCached, recorded.spaceFinished],
        [recorded.searchStarted, long],
      ]) {
        for (const line of screen(seen(recorded.started, ...events), width)) {
          expect(widthOf(line), line).toBeLessThanOrEqual(width);
        }
      }
    }
  });

  test('time left counts down between two reports of progress', () => {
    const { view } = seen(
      recorded.started,
      recorded.searchStarted,
      recorded.searchProgress(1000, 0.5, 0),
      recorded.searchProgress(1100, 0.5, 0),
    );
    const stage = view.stages.get('search')!;
    expect(timeLeft(stage, 1500)).toBe(4500);
    expect(timeLeft(stage, 2500)).toBe(3500);
    expect(timeLeft(stage, 99_999)).toBe(0);
  });
});

describe('plain lines', () => {
  test('one at the start, progress every five seconds, one at the end', () => {
    let written = '';
    let now = 0;
    const renderer = plainRenderer(
      { write: (text) => (written += text) },
      { elapsed: () => now },
      '/home/u/project',
    );
    const at = (ms: number, event: RunEvent): void => {
      now = ms;
      renderer.event(event);
    };
    at(0, recorded.started);
    at(1, recorded.dataCached);
    at(2, recorded.spaceStarted);
    at(122, recorded.spaceFinished);
    at(200, recorded.searchResumed);
    at(1000, recorded.searchProgress(1000, 0.5, 800));
    at(6000, recorded.searchProgress(1100, 0.6, 5800));
    at(7000, recorded.searchProgress(1120, 0.6, 6800));
    at(62200, recorded.searchKilled);
    at(62201, recorded.finished('failed'));
    expect(written).toBe(
      [
        'enas-mnas · 4 stages · store artifacts/ · backend cpu (wasm, 2 threads)',
        'data    cached · 10,000 train · 1,000 validation · 10,000 test',
        'space   starts: params.width changed: 0.75 → 0.5',
        'space   finished in 0.1s · mobilenet-v3 ×0.5 · 3.1e12 networks',
        'search  resumes from step 900: no record with these inputs',
        'search  1,100 of 2,000 (55 %) · reward 0.600 · 2.90 ms · 2,090 img/s · ETA 0:45',
        'search  failed after 1m02s: killed (SIGKILL) at step 1,240 of 2,000',
        '        checkpoint at step 1,200 · log: npx pipe logs latest:search',
        '',
      ].join('\n'),
    );
  });
});
