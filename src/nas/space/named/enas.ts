import type { CellSpace, MacroSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { NamedSpaceOptions } from './parts.ts';

const sizes = ({ input, classes }: NamedSpaceOptions) => ({
  input: input ?? { h: 32, w: 32, c: 3 },
  classes: classes ?? 10,
  batchNorm: { decay: 0.9, epsilon: 1e-5 },
});

type MacroOptions = NamedSpaceOptions &
  Partial<Pick<MacroSpace, 'layers' | 'filters' | 'anchors' | 'form' | 'operations'>>;

/**
 * ENAS's macro space (Pham et al. 2018): 12 layers of six operations, and any earlier tensors joined. CIFAR-10's sizes
 * and the release's search width, 36, unless told; its final networks have 24 layers, 96 filters and four operations.
 */
export const enasMacroSpace = (options: MacroOptions = {}): MacroSpace => ({
  grammar: 'macro',
  name: 'enas-macro',
  ...sizes(options),
  layers: options.layers ?? 12,
  filters: options.filters ?? 36,
  operations: options.operations ?? ['conv3', 'sep3', 'conv5', 'sep5', 'avg3', 'max3'],
  partition: 0,
  anchors: options.anchors ?? 'release',
  form: options.form ?? 'search',
  dropout: options.form === 'final' ? 0.5 : 0.1,
});

/**
 * ENAS's macro space searched over channels (release: `search_whole_channels` off): every layer has some channels in a row of
 * each of the six operations. Single channels are chosen unless `partition` tells into how many parts they are divided.
 */
export function enasMacroChannelsSpace(
  options: MacroOptions & Partial<Pick<MacroSpace, 'partition'>> = {},
): MacroSpace {
  const space = enasMacroSpace(options);
  return { ...space, name: 'enas-macro-channels', partition: options.partition ?? space.filters };
}

type CellOptions = NamedSpaceOptions & Partial<Pick<CellSpace, 'layers' | 'filters' | 'form'>>;

/** ENAS's micro space: normal and reduction cells of five nodes and five operations; the release's search width, 20. */
export const enasMicroSpace = (options: CellOptions = {}): CellSpace => ({
  grammar: 'cells',
  name: 'enas-micro',
  ...sizes(options),
  nodes: 5,
  layers: options.layers ?? 6,
  filters: options.filters ?? 20,
  operations: ['sep3', 'sep5', 'avg3', 'max3', 'identity'],
  form: options.form ?? 'search',
  dropout: options.form === 'final' ? 0.2 : 0.1,
});

/** NASNet's cells as AmoebaNet's evolution searched them (Real et al. 2019): eight operations, N = 3, F = 24. */
export const nasnetSpace = (options: CellOptions = {}): CellSpace => ({
  grammar: 'cells',
  name: 'nasnet',
  ...sizes(options),
  nodes: 5,
  layers: options.layers ?? 9,
  filters: options.filters ?? 24,
  operations: ['identity', 'sep3', 'sep5', 'sep7', 'avg3', 'max3', 'dilated3', 'row7'],
  form: options.form ?? 'final',
  dropout: 0.1,
});
