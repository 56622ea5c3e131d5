import { expect, test } from 'vitest';
import type { Tensor } from '../../src/net/network.ts';
import { withoutAuxiliary } from '../../src/net/reach.ts';
import { together } from '../../src/net/together.ts';
import { options } from './backend-agreement.ts';
import { auxiliaryCase, blockCase, dropPathCase, someBatch } from './backend-cases.ts';
import { expectAllClose, expectClose, norm } from './backend-compare.ts';
import { type ContractLab, plain, softEntropy, trainableNames } from './backend-lab.ts';

/** What the loss is made of. */
export function objectivesAddUp(lab: ContractLab): void {
  test('a teacher adds the cross-entropy with its probabilities, times a ratio, to loss and gradients', async () => {
    const { path, weights } = blockCase();
    const [model, other] = [
      await lab.build(lab.backend, weights, plain),
      await lab.build(lab.oracle, weights, plain),
    ];
    const batch = someBatch(path.input, 5);
    const asked = { labelSmoothing: 0.1, weights: trainableNames(weights) };
    const logits = await model.evaluate(path, batch, { statistics: 'batch' });
    const [without, taught] = [
      await model.gradients(path, batch, asked),
      await model.gradients(path, batch, { ...asked, teacherRatio: 0.7 }),
    ];
    const expected = without.loss + 0.7 * softEntropy(logits, batch.teacher!);
    expectClose('loss', [taught.loss], [expected], 0);
    const theirs = await other.gradients(path, batch, { ...asked, teacherRatio: 0.7 });
    expectAllClose(taught.weights, theirs.weights);
    for (const each of [model, other]) await each.step(path, batch, { ...options, teacherRatio: 0.7 });
    expectAllClose(await model.read(), await other.read());
    const { teacher: _, ...bare } = batch;
    await expect(model.step(path, bare, { ...options, teacherRatio: 0.7 })).rejects.toThrow(/with a teacher/);
  });

  test('paths together: losses and gradients of all, each with the teacher, are added up', async () => {
    const { path, weights } = blockCase();
    const [model, other] = [
      await lab.build(lab.backend, weights, plain),
      await lab.build(lab.oracle, weights, plain),
    ];
    const batch = someBatch(path.input, 5);
    const asked = { labelSmoothing: 0.1, teacherRatio: 0.7, weights: trainableNames(weights) };
    const one = await model.gradients(path, batch, asked);
    const both = await model.gradients(together([path, path]), batch, asked);
    expectClose('loss', [both.loss], [2 * one.loss], 0);
    const doubled = [...one.weights].map(([name, { shape, data }]): [string, Tensor] => [
      name,
      { shape, data: data.map((value) => 2 * value) },
    ]);
    expectAllClose(both.weights, new Map(doubled));
    const theirs = await other.gradients(together([path, path]), batch, asked);
    expectAllClose(both.weights, theirs.weights);
  });

  test('auxiliary outputs add to the loss, and are left alone in evaluation', async () => {
    const { path, weights, batch } = auxiliaryCase();
    const model = await lab.build(lab.backend, weights, plain);
    const images = someBatch(path.input, batch);
    const { auxiliary = [], ...rest } = path;
    const lossOf = async (output: string) =>
      (await model.gradients({ ...rest, output }, images, { labelSmoothing: 0 })).loss;
    let expected = await lossOf(path.output);
    for (const { output, weight } of auxiliary) expected += weight * (await lossOf(output));
    const whole = await model.gradients(path, images, { labelSmoothing: 0 });
    expectClose('loss', [whole.loss], [expected], 0);
    const before = await model.read();
    await model.recalibrate(path, [images]);
    const after = await model.read();
    const moved = [...before.keys()].filter(
      (name) => norm(before.get(name)!.data) !== norm(after.get(name)!.data),
    );
    expect(moved.length).toBeGreaterThan(0);
    expect(moved.filter((name) => name.startsWith('aux'))).toEqual([]);
    const deployed = withoutAuxiliary(path);
    expect(deployed.layers.some(({ id }) => /^(aux|early)/.test(id))).toBe(false);
    const mode = { statistics: 'moving' } as const;
    expect(await model.evaluate(deployed, images, mode)).toEqual(await model.evaluate(path, images, mode));
  });

  test('a step scales the rates of drop-path layers: by 0 none drops', async () => {
    const { path, weights, batch } = dropPathCase();
    const images = someBatch(path.input, batch);
    const loss = async (dropPath?: number) => {
      const model = await lab.build(lab.backend, weights, plain);
      const more = dropPath === undefined ? {} : { dropPath };
      return (await model.step(path, images, { ...options, labelSmoothing: 0, ...more })).loss;
    };
    const model = await lab.build(lab.backend, weights, plain);
    const whole = (await model.gradients(path, images, { labelSmoothing: 0 })).loss;
    expect(await loss(0)).toBe(whole);
    expect(await loss(1)).toBe(await loss());
    expect(await loss(1)).not.toBe(whole);
  });
}
