import {
  type ArchitectureCost,
  checkSpace,
  costText,
  enasMacroSpace,
  enasMicroSpace,
  macsCost,
  mnasSpace,
  mobilenetV3LargeSpace,
  mobilenetV3SmallSpace,
  mobilenetV3Space,
  mobilenetV4Space,
  nasBenchMacroSpace,
  nasnetSpace,
  ofaMobilenetV3Space,
  paramsCost,
  proxylessSpace,
  spaceSize,
  tunasMobilenetV3LikeSpace,
  tunasProxylessEnlargedSpace,
  tunasProxylessSpace,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/search-space.ts';
import { defineStage, type SearchSpace } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const { height, width, channels, classes } = inputs.train.info;
    const sizes = { input: { h: height, w: width, c: channels }, classes: classes.length };
    const builders: { readonly [name in Params['space']]: () => SearchSpace } = {
      'mobilenet-v3': () =>
        mobilenetV3Space({
          ...sizes,
          width: params.width,
          ...(params.stemStride === null ? {} : { stemStride: params.stemStride }),
          kernels: params.kernels,
          expansions: params.expansions,
          squeezeExcite: { search: [false, true], on: [true], off: [false] }[params.squeezeExcite],
          identity: params.identity,
          dropout: params.dropout,
          batchNorm: { decay: params.batchNormDecay, epsilon: params.batchNormEpsilon },
        }),
      proxyless: () => proxylessSpace(sizes),
      'enas-macro': () => enasMacroSpace(sizes),
      'enas-micro': () => enasMicroSpace(sizes),
      nasnet: () => nasnetSpace(sizes),
      mnas: () => mnasSpace(sizes),
      'mobilenet-v3-large': () => mobilenetV3LargeSpace(sizes),
      'mobilenet-v3-small': () => mobilenetV3SmallSpace(sizes),
      'mobilenet-v4': () => mobilenetV4Space(sizes),
      'nas-bench-macro': () => nasBenchMacroSpace(sizes),
      'ofa-mobilenet-v3': () => ofaMobilenetV3Space(sizes),
      'tunas-proxyless': () => tunasProxylessSpace(sizes),
      'tunas-proxyless-enlarged': () => tunasProxylessEnlargedSpace(sizes),
      'tunas-mobilenet-v3-like': () => tunasMobilenetV3LikeSpace(sizes),
    };
    const space = orFail(checkSpace(builders[params.space]()));
    const { raw, distinct } = spaceSize(space);
    summary({
      space: space.name,
      networks: countText(distinct),
      encodings: countText(raw),
      macs: rangeText(macsCost(space)),
      params: rangeText(paramsCost(space)),
    });
    return { space };
  },
});

/** `432`, `3.1e12` */
const countText = (count: bigint): string =>
  count < 1_000_000n ? String(count) : Number(count).toExponential(1).replace('+', '');

/** `4.3 M–22.9 M MACs` */
function rangeText({ range, unit }: ArchitectureCost): string {
  const { min, max } = range();
  return `${costText(min, unit).replace(` ${unit}`, '')}–${costText(max, unit)}`;
}
