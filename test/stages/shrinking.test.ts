import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCpuBackend } from '../../src/cpu/index.ts';
import type { Backend } from '../../src/net/index.ts';
import type { Supernet } from '../../src/stage/index.ts';
import { elasticSpace } from '../nas/spaces.ts';
import { bytesOf, failureOf, runStage, type Setup } from './harness.ts';
import { digests, space, teacher, train } from './tiny.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await openCpuBackend({ threads: 1 });
});
afterAll(() => backend.close());

const whole = { epochs: 0.4, rate: 0.05 };
const kernels = { epochs: 0.4, rate: 0.05, kernel: 3 };
const setup = (mode: object, inputs: object = {}): Setup => ({
  params: { batch: 8, mode: { kind: 'progressive-shrinking', ...mode } } as Setup['params'],
  inputs: { train, space: elasticSpace, ...inputs },
  inputDigests: digests,
  backend,
});
const weightsOf = async (mode: object, inputs: object = {}) => {
  const { outputs } = await runStage('supernet-warmup', setup(mode, inputs));
  return outputs!.supernet as Supernet;
};
const identity = (side: number): number[] =>
  Array.from({ length: side ** 4 }, (_, i) => (i % (side ** 2 + 1) === 0 ? 1 : 0));

test('the largest network is trained first, then the matrices of smaller kernels', async () => {
  const learned = ({ weights }: Supernet): string[] =>
    [...weights].flatMap(([name, { data }]) =>
      name.endsWith('.7to5') && `${[...data]}` !== `${identity(5)}` ? [name] : [],
    );
  const first = await weightsOf({ phases: [whole] });
  expect(first.info).toEqual({ space: digests.space, steps: 2, phases: ['shrinking'] });
  expect(learned(first)).toEqual([]);
  const shrunk = await weightsOf({ phases: [whole, kernels] });
  expect(shrunk.info.steps).toBe(4);
  expect(learned(shrunk)).not.toEqual([]);
});

test('the largest network teaches what follows, a wired teacher everything', async () => {
  const bytes = async (teacherRatio: number, inputs: object, phases: object[]) =>
    bytesOf(await weightsOf({ phases, teacherRatio }, inputs));
  expect(await bytes(0, {}, [whole])).toEqual(await bytes(1, {}, [whole]));
  expect(await bytes(0, {}, [whole, kernels])).not.toEqual(await bytes(1, {}, [whole, kernels]));
  expect(await bytes(0, { teacher }, [whole])).not.toEqual(await bytes(1, { teacher }, [whole]));
  expect(await bytes(1, {}, [whole, kernels])).not.toEqual(await bytes(1, { teacher }, [whole, kernels]));
});

test('channels are in the order of their importance when expansions begin to shrink', async () => {
  const expansions = { epochs: 0.2, rate: 0, kernel: 3, expansion: 2 };
  const norms = ({ weights }: Supernet): number[] => {
    const { shape, data } = weights.get('s1l1.project.conv.weight')!;
    return Array.from({ length: shape[2]! }, (_, c) =>
      data.slice(c * shape[3]!, (c + 1) * shape[3]!).reduce((sum, value) => sum + Math.abs(value), 0),
    );
  };
  const before = norms(await weightsOf({ phases: [whole] }));
  const after = norms(await weightsOf({ phases: [whole, expansions] }));
  expect(before).not.toEqual(after);
  expect(after).toEqual(before.toSorted((a, b) => b - a));
});

test('what cannot shrink, and a teacher that nobody would ask, are refused', async () => {
  expect(await failureOf('supernet-warmup', setup({}, { space }))).toEqual({
    code: 'no-shrinking',
    message:
      'progressive shrinking is for spaces of the grammar stacks, such as ofa-mobilenet-v3, but small is of the grammar mobilenet; take the mode sampled-paths',
  });
  const plain = { ...setup({}, { teacher }), params: { batch: 8 } };
  expect((await failureOf('supernet-warmup', plain)).code).toBe('teacher-not-read');
});
