import { compoundScaling, macsCost, scaleArchitecture } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/scale.ts';
import { defineStage } from '../../src/stage/index.ts';
import { orFail, requireSpace } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, summary }) {
    const { space, architecture } = inputs;
    requireSpace(inputDigests.space, { architecture });
    const { phi, ...bases } = params;
    const scaling = compoundScaling(phi, bases);
    const scaled = orFail(scaleArchitecture(space, architecture.encoding, scaling));
    const before = macsCost(space).cost(architecture.encoding);
    const times = macsCost(scaled.space).cost(scaled.encoding) / before;
    summary({ space: scaled.space.name, 'times the macs': times });
    return { space: scaled.space };
  },
});
