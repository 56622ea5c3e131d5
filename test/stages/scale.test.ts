import { expect, test } from 'vitest';
import { describeArchitecture, enasMacroSpace, publishedArchitectures } from '../../src/nas/index.ts';
import { mainSpace } from '../nas/spaces.ts';
import { runStage } from './harness.ts';

const digest = 'a'.repeat(64);

test('an architecture by words is the one by its encoding', async () => {
  const { space, encoding } = publishedArchitectures['efficientnet-b0']();
  const byEncoding = await runStage('architecture', {
    params: { encoding: [...encoding] },
    inputs: { space },
    inputDigests: { space: digest },
  });
  const { architecture } = byEncoding.outputs as { architecture: { choices: { [choice: string]: string } } };
  expect(architecture).toMatchObject({
    space: digest,
    encoding,
    description: describeArchitecture(space, encoding),
    costs: { params: 5_288_548, macs: 385_814_752 },
    origin: 'user',
  });
  const byWords = await runStage('architecture', {
    params: { choices: architecture.choices },
    inputs: { space },
    inputDigests: { space: digest },
  });
  expect(byWords.outputs).toEqual(byEncoding.outputs);
});

test('what is no architecture of the space is said', async () => {
  const run = (params: object) =>
    runStage('architecture', { params: params as never, inputs: { space: mainSpace } });
  await expect(run({ encoding: [0] })).rejects.toThrow(
    'an encoding of the space mobilenet-v3 has 28 entries, not 1',
  );
  await expect(run({ choices: { 'b9.kernel': '3' } })).rejects.toThrow(
    'the space mobilenet-v3 has no choice block "b9.kernel"',
  );
});

test('a scaled network is a space of its own; one that cannot be deepened is refused', async () => {
  const { space, encoding } = publishedArchitectures['efficientnet-b0']();
  const scale = (of: object, at: readonly number[], params: object) =>
    runStage('scale', {
      params: params as never,
      inputs: { space: of as never, architecture: { space: digest, encoding: [...at] } },
      inputDigests: { space: digest },
    });
  const { outputs, summary } = await scale(space, encoding, { phi: 1, depth: 1.2, width: 1.1 });
  expect(outputs).toMatchObject({ space: { name: 'mnas-scaled', input: { h: 224 } } });
  expect(summary).toMatchObject({ space: 'mnas-scaled' });
  await expect(scale(enasMacroSpace(), Array(78).fill(0), {})).rejects.toThrow(
    'networks of the space enas-macro cannot be made deeper',
  );
});
