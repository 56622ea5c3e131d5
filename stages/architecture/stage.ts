import {
  choicesOf,
  describeArchitecture,
  encodingOf,
  macsCost,
  paramsCost,
  parseEncoding,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/architecture.ts';
import { defineStage } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, summary }) {
    const { space } = inputs;
    const words = params.choices as { readonly [choice: string]: string };
    const encoding = orFail(
      params.encoding === null ? encodingOf(space, words) : parseEncoding(space, params.encoding),
    );
    const description = describeArchitecture(space, encoding);
    summary({ architecture: description });
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
