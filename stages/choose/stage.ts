import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/choose.ts';
import { defineStage, figureName, figureOf, stageFailure } from '../../src/stage/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const { figure, best } = params;
    const { candidates, by = candidates } = inputs;
    if (by.length !== candidates.length) {
      const message = `there are ${candidates.length} candidates, but ${by.length} artifacts to choose them by`;
      throw stageFailure('unequal-lists', message);
    }
    const figures = by.map((each, index) => {
      const found = figureOf(each, figure, `candidate ${index + 1}`);
      if (found.split === 'test') {
        const message = `${figure} was measured on the test split, which must not choose; take a figure of the validation split`;
        throw stageFailure('test-split', message);
      }
      return found.value;
    });
    const wanted = best === 'highest' ? Math.max(...figures) : Math.min(...figures);
    const index = figures.indexOf(wanted);
    summary({
      [figureName(figure)]: wanted,
      chosen: `${index + 1} of ${candidates.length}`,
    });
    return { chosen: candidates[index] };
  },
});
