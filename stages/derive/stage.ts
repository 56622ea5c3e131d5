import { choicesOf, describeArchitecture, macsCost, paramsCost, parseEncoding } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/derive.ts';
import { defineStage, stageFailure, type Trial } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, summary }) {
    const { by, best, phase } = params;
    const { trials, space } = inputs;
    const figure = (trial: Trial): number => {
      const value = by === 'accuracy' ? trial.accuracy.value : trial[by];
      if (value === undefined) throw stageFailure('no-figure', `trial ${trial.index} has no ${by}`);
      return best === 'highest' ? value : -value;
    };
    const pool = phase === null ? trials : trials.filter((trial) => trial.phase === phase);
    const [first, ...others] = pool;
    if (first === undefined) {
      const of = phase === null || trials.length === 0 ? '' : ` of the phase ${phase}`;
      throw stageFailure('no-trials', `there are no trials${of} to choose from`);
    }
    const chosen = others.reduce((so, trial) => (figure(trial) > figure(so) ? trial : so), first);
    const encoding = orFail(parseEncoding(space, chosen.encoding));
    const description = describeArchitecture(space, encoding);
    summary({ architecture: description, trials: pool.length });
    return {
      architecture: {
        space: inputDigests.space!,
        encoding: [...encoding],
        description,
        choices: choicesOf(space, encoding),
        costs: { params: paramsCost(space).cost(encoding), macs: macsCost(space).cost(encoding) },
        origin: 'user',
        log: {},
      },
    };
  },
});
