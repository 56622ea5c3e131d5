import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/assert.ts';
import { defineStage, figureName, figureOf, stageFailure } from '../../src/stage/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const { figure, atLeast, atMost } = params;
    const name = figure === '' ? 'the value' : figure;
    const { value } = figureOf(inputs.of, figure, 'the artifact');
    /** A bound and how messages call it. */
    const bound = (given: string | number | null): readonly [number, string] | undefined => {
      if (given === null) return undefined;
      if (typeof given === 'number') return [given, String(given)];
      const found = figureOf(inputs.of, given, 'the artifact').value;
      return [found, `${given}, which is ${found}`];
    };
    const [least, most] = [bound(atLeast), bound(atMost)];
    if (least !== undefined && value < least[0]) {
      throw stageFailure('assertion-failed', `${name} is ${value}, less than ${least[1]}`);
    }
    if (most !== undefined && value > most[0]) {
      throw stageFailure('assertion-failed', `${name} is ${value}, more than ${most[1]}`);
    }
    summary({ [figureName(figure)]: value });
    return { passed: inputs.of };
  },
});
