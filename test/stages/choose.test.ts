import { expect, test } from 'vitest';
import { failureOf, runStage } from './harness.ts';

const evaluation = (top5: number, macs: number) => ({
  metrics: {
    accuracy: { value: top5 / 2, provenance: 'trained', split: 'test', images: 100 },
    top5,
    classes: [{ class: 'bag', recall: top5 }],
    costs: { macs },
  },
});
const candidates = [evaluation(0.8, 7), evaluation(0.9, 9), evaluation(0.9, 5)];
const by = (figure: string) => ({ params: { figure }, inputs: { candidates } });

test('nothing that was measured on the test split chooses, whatever stands beside it', async () => {
  for (const figure of [
    'metrics.accuracy.value',
    'metrics.accuracy',
    'metrics.top5',
    'metrics.classes.0.recall',
  ]) {
    expect(await failureOf('choose', by(figure)), figure).toEqual({
      code: 'test-split',
      message: `${figure} was measured on the test split, which must not choose; take a figure of the validation split`,
    });
  }
});

test('what a network costs may choose among evaluations; of equal ones it is the first', async () => {
  const { outputs, summary } = await runStage('choose', by('metrics.costs.macs'));
  expect(outputs!.chosen).toBe(candidates[1]);
  expect(summary).toEqual({ macs: 9, chosen: '2 of 3' });
  const equal = [{ value: 3 }, { value: 3 }];
  const first = await runStage('choose', {
    params: { figure: '', best: 'lowest' },
    inputs: { candidates: equal },
  });
  expect(first.outputs!.chosen).toBe(equal[0]);
});
