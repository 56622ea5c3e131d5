import { choicesOf, describeArchitecture, parseEncoding } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/derive.ts';
import { defineStage, stageFailure, type Trial } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, summary }) {
    const { by, best } = params;
    const { trials, space } = inputs;
    const figure = (trial: Trial): number => {
      const value = by === 'accuracy' ? trial.accuracy.value : trial[by];
      if (value === undefined) throw stageFailure('no-figure', `trial ${trial.index} has no ${by}`);
      return best === 'highest' ? value : -value;
    };
    const [first, ...others] = trials;
    if (first === undefined) throw stageFailure('no-trials', 'there are no trials to choose from');
    const chosen = others.reduce((so, trial) => (figure(trial) > figure(so) ? trial : so), first);
    const encoding = orFail(parseEncoding(space, chosen.encoding));
    const description = describeArchitecture(space, encoding);
    const { params: parameters, macs } = chosen.costs;
    summary({ architecture: description, trials: trials.length });
    return {
      architecture: {
        space: inputDigests.space!,
        encoding: [...encoding],
        description,
        choices: choicesOf(space, encoding),
        costs: { params: parameters, macs },
        origin: 'user',
        log: {},
      },
    };
  },
});
