import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/assert.ts';
import { defineStage, figureName, figureOf, stageFailure } from '../../src/stage/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const { figure, atLeast, atMost } = params;
    const name = figure === '' ? 'the value' : figure;
    const { value } = figureOf(inputs.of, figure, 'the artifact');
    if (atLeast !== null && value < atLeast) {
      throw stageFailure('assertion-failed', `${name} is ${value}, less than ${atLeast}`);
    }
    if (atMost !== null && value > atMost) {
      throw stageFailure('assertion-failed', `${name} is ${value}, more than ${atMost}`);
    }
    summary({ [figureName(figure)]: value });
    return { passed: inputs.of };
  },
});
