import { expect, test } from 'vitest';
import { createTurns } from '../../src/engine/attempts/turns.ts';
import { createProject } from './project.ts';

test('who is ready waits for those of a lower rank that are on their way, and for no other', async () => {
  const turns = createTurns();
  const log: string[] = [];
  const [a, b, c] = [turns.enter(0), turns.enter(1), turns.enter(2)];
  void c.come().then(() => log.push('c'));
  void b.come().then(() => log.push('b'));
  await new Promise(setImmediate);
  expect(log).toEqual([]);
  a.leave();
  await new Promise(setImmediate);
  expect(log).toEqual(['b']);
  a.leave();
  b.leave();
  await new Promise(setImmediate);
  expect(log).toEqual(['b', 'c']);
  await turns.enter(1).come();
});

test('with one stage at a time, those that are ready together start in the order of the pipeline', async () => {
  const project = await createProject();
  // the first is the last to be prepared: its input must be read first
  await project.write('three.json', `${' '.repeat(2 ** 24)}3`);
  const stages = {
    a: { type: 'sum', inputs: { a: { file: 'three.json' } } },
    b: { type: 'constant', params: { value: 1 } },
    c: { type: 'walk', params: { steps: 1 } },
  };
  const { events } = await project.run({ pipeline: { name: 'many', stages }, jobs: 1 });
  const started = events.flatMap((event) => (event.event === 'stage-started' ? event.stage : []));
  expect(started).toEqual(['a', 'b', 'c']);
  await project.remove();
});
