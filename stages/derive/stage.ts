import {
  choicesOf,
  describeArchitecture,
  type Encoding,
  encodingOf,
  macsCost,
  paramsCost,
  parseEncoding,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/derive.ts';
import { defineStage, type SearchSpace, stageFailure, type Trial } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, summary }) {
    const { trials, space } = inputs;
    const { choices } = params;
    if ((trials === undefined) === (choices === null)) {
      throw stageFailure('incomplete-inputs', 'either trials or choices must be given, and not both');
    }
    const { encoding, costs } =
      trials === undefined
        ? byChoices(space, choices as { [id: string]: string })
        : best(params, space, trials);
    const description = describeArchitecture(space, encoding);
    summary({ architecture: description, ...(trials && { trials: trials.length }) });
    return {
      architecture: {
        space: inputDigests.space!,
        encoding: [...encoding],
        description,
        choices: choicesOf(space, encoding),
        costs,
        origin: 'user',
        log: {},
      },
    };
  },
});

interface Found {
  readonly encoding: Encoding;
  readonly costs: { params: number; macs: number };
}

function byChoices(space: SearchSpace, choices: { readonly [id: string]: string }): Found {
  const encoding = orFail(encodingOf(space, choices));
  return {
    encoding,
    costs: { params: paramsCost(space).cost(encoding), macs: macsCost(space).cost(encoding) },
  };
}

function best({ by, best: better }: Params, space: SearchSpace, trials: readonly Trial[]): Found {
  const figure = (trial: Trial): number => {
    const value = by === 'accuracy' ? trial.accuracy.value : trial[by];
    if (value === undefined) throw stageFailure('no-figure', `trial ${trial.index} has no ${by}`);
    return better === 'highest' ? value : -value;
  };
  const [first, ...others] = trials;
  if (first === undefined) throw stageFailure('no-trials', 'there are no trials to choose from');
  const chosen = others.reduce((so, trial) => (figure(trial) > figure(so) ? trial : so), first);
  const { params, macs } = chosen.costs;
  return { encoding: orFail(parseEncoding(space, chosen.encoding)), costs: { params, macs } };
}
