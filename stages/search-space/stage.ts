import {
  type ArchitectureCost,
  checkSpace,
  costText,
  macsCost,
  mobilenetV3Space,
  paramsCost,
  publishedArchitectures,
  publishedSpaces,
  spaceSize,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/search-space.ts';
import { defineStage, type SearchSpace } from '../../src/stage/index.ts';
import { orFail } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const { height, width, channels, classes } = inputs.train.info;
    const sizes = { input: { h: height, w: width, c: channels }, classes: classes.length };
    const space = orFail(checkSpace(spaceOf(params, sizes)));
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

function spaceOf(params: Params, sizes: Pick<SearchSpace, 'input' | 'classes'>): SearchSpace {
  if (params.published !== null) return publishedArchitectures[params.published](sizes).space;
  const { layers, filters, form, anchors, sides, partition } = params;
  const rows = {
    ...sizes,
    ...(layers === null ? {} : { layers }),
    ...(filters === null ? {} : { filters }),
    ...(form === null ? {} : { form }),
  };
  switch (params.space) {
    case 'mobilenet-v3':
      return mainSpace(params, sizes);
    case 'enas-macro':
      return publishedSpaces[params.space]({ ...rows, ...(anchors === null ? {} : { anchors }) });
    case 'enas-macro-channels':
      return publishedSpaces[params.space]({
        ...rows,
        ...(anchors === null ? {} : { anchors }),
        ...(partition === null ? {} : { partition }),
      });
    case 'enas-micro':
    case 'nasnet':
      return publishedSpaces[params.space](rows);
    case 'ofa-mobilenet-v3':
      return publishedSpaces[params.space]({ ...sizes, ...(sides === null ? {} : { sides }) });
    default:
      return publishedSpaces[params.space](sizes);
  }
}

function mainSpace(params: Params, sizes: Pick<SearchSpace, 'input' | 'classes'>): SearchSpace {
  return mobilenetV3Space({
    ...sizes,
    width: params.width,
    ...(params.stemStride === null ? {} : { stemStride: params.stemStride }),
    kernels: params.kernels,
    expansions: params.expansions,
    squeezeExcite: { search: [false, true], on: [true], off: [false] }[params.squeezeExcite],
    identity: params.identity,
    dropout: params.dropout,
    batchNorm: { decay: params.batchNormDecay, epsilon: params.batchNormEpsilon },
  });
}
