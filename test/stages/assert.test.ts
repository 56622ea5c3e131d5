import { expect, test } from 'vitest';
import { failureOf, runStage } from './harness.ts';

const of = { costs: { latency: 2.5 }, log: { limit: 2.4, floor: 2.5 } };
const checked = (params: object) => ({ params: { figure: 'costs.latency', ...params }, inputs: { of } });

test('lets an artifact through whose figure lies within bounds, numbers or figures of its own', async () => {
  for (const bounds of [{ atLeast: 2.5, atMost: 2.5 }, { atMost: 'log.floor' }, { atLeast: 'log.limit' }]) {
    const { outputs, summary } = await runStage('assert', checked(bounds));
    expect(outputs!.passed).toBe(of);
    expect(summary).toEqual({ latency: 2.5 });
  }
});

test('says which bound is broken, and what it is', async () => {
  const failures = [
    [{ atMost: 2 }, 'costs.latency is 2.5, more than 2'],
    [{ atMost: 'log.limit' }, 'costs.latency is 2.5, more than log.limit, which is 2.4'],
    [{ atLeast: 3, atMost: 'log.floor' }, 'costs.latency is 2.5, less than 3'],
  ] as const;
  for (const [bounds, message] of failures) {
    expect(await failureOf('assert', checked(bounds))).toEqual({ code: 'assertion-failed', message });
  }
  expect(await failureOf('assert', checked({ atMost: 'log.ceiling' }))).toEqual({
    code: 'no-figure',
    message: 'the artifact has no number "log.ceiling"; it has costs.latency, log.limit, log.floor',
  });
});
