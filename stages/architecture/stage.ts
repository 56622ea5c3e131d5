import { canonicalJson, type Json } from '../../src/base/index.ts';
import {
  choicesOf,
  describeArchitecture,
  type Encoding,
  encodingOf,
  macsCost,
  paramsCost,
  parseEncoding,
  publishedArchitectures,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/architecture.ts';
import { defineStage, type SearchSpace, stageFailure } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, summary }) {
    const { space } = inputs;
    const words = params.choices as { readonly [choice: string]: string };
    const encoding =
      params.published !== null
        ? publishedEncoding(space, params.published)
        : orFail(params.encoding === null ? encodingOf(space, words) : parseEncoding(space, params.encoding));
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

/** The encoding of a published network, if the space is the one that it lies in. */
function publishedEncoding(space: SearchSpace, name: NonNullable<Params['published']>): Encoding {
  const { input, classes } = space;
  const lying = publishedArchitectures[name]({ input, classes });
  const text = (of: SearchSpace): string => canonicalJson(of as unknown as Json);
  if (text(lying.space) === text(space)) return lying.encoding;
  throw stageFailure(
    'not-in-space',
    `${name} does not lie in the space that is wired (${space.name}), but in the one that search-space makes with "published": "${name}"`,
  );
}
