/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Makes a search space for images of the given size: the set of networks that the search stages choose from, as data with addressable choice blocks.
 */
export interface Params {
/**
 * `mobilenet-v3`: MNAS-style inverted bottlenecks (Tan et al. 2019, Howard et al. 2019): per block the depthwise kernel, the expansion, squeeze-and-excitation, and identity where the shape allows it; ReLU in the early blocks, h-swish in the late ones. `proxyless`: that of ProxylessNAS. The others are as published: `enas-macro`, `enas-micro` (as ENAS searches them), `enas-macro-channels` (its macro space searched over channels: every layer has a range of the channels of each operation), `nasnet` (the cells of AmoebaNet's evolution), `mnas` (factorised hierarchy), `mobilenet-v3-large`, `mobilenet-v3-small` (the papers' skeletons), `mobilenet-v4` (universal inverted bottlenecks), `nas-bench-macro`, `ofa-mobilenet-v3`, and those of TuNAS. Of `proxyless-finetune` the spaces `enas-macro-channels`, `enas-micro`, `nasnet`, and `ofa-mobilenet-v3` with several `sides` take the loss `reinforce`, all others every one.
 */
space: ("mobilenet-v3" | "proxyless" | "enas-macro" | "enas-macro-channels" | "enas-micro" | "mnas" | "mobilenet-v3-large" | "mobilenet-v3-small" | "mobilenet-v4" | "nas-bench-macro" | "nasnet" | "ofa-mobilenet-v3" | "tunas-proxyless" | "tunas-proxyless-enlarged" | "tunas-mobilenet-v3-like")
/**
 * A published network: its space is made, widths included, in place of the one that `space` names; `architecture` with the same `published` names the network in it.
 */
published: ("mobilenet-v2" | "proxyless-mobile" | "proxyless-mobile-14" | "proxyless-cpu" | "proxyless-gpu" | "mnasnet-a1" | "mnasnet-b1" | "mnasnet-small" | "efficientnet-b0" | "mobilenet-v3-large" | "mobilenet-v3-small" | "mobilenet-v4-conv-small" | "ofa-note10-25ms" | "enas-macro-found" | "enas-micro-found" | null)
/**
 * Multiplier of every channel count; the results are rounded to multiples of 8, at least 8. For `mobilenet-v3` only.
 */
width: number
/**
 * Stride of the first convolution in pixels: 1 keeps the side of the image, 2 halves it; null: 1 for images of up to 64 pixels a side, else 2. For `mobilenet-v3` only.
 */
stemStride: (1 | 2 | null)
/**
 * Depthwise kernel sides to choose from in every block. For `mobilenet-v3` only.
 * 
 * @minItems 1
 * 
 * Items: Kernel side in pixels.
 */
kernels: (3 | 5 | 7)[]
/**
 * Expansion ratios to choose from in every block. For `mobilenet-v3` only.
 * 
 * @minItems 1
 * 
 * Items: Multiple of the block's input channels.
 */
expansions: number[]
/**
 * Squeeze-and-excitation in every block: chosen by the search, always, or never. For `mobilenet-v3` only.
 */
squeezeExcite: ("search" | "on" | "off")
/**
 * Whether the search may leave a block out where its shape allows it. For `mobilenet-v3` only.
 */
identity: boolean
/**
 * Dropout rate before the classifier. For `mobilenet-v3` only.
 */
dropout: number
/**
 * Added to the variance in batch normalisation. For `mobilenet-v3` only.
 */
batchNormEpsilon: number
/**
 * Weight of the old moving value in batch normalisation. For `mobilenet-v3` only.
 */
batchNormDecay: number
/**
 * Layers, of cells the normal ones; null: as published for the search, 12, 6 and 9. For `enas-macro`, `enas-macro-channels`, `enas-micro` and `nasnet` only.
 */
layers: (number | null)
/**
 * Channels of the first layers or cells; null: as published for the search, 36, 20 and 24. For `enas-macro`, `enas-macro-channels`, `enas-micro` and `nasnet` only.
 */
filters: (number | null)
/**
 * How networks are built: as paths of a supernet are (`search`), or as the release trains the one that was found (`final`), with skips or loose ends concatenated and channels doubled at each halving; null: `search`, of `nasnet` `final`. A search may go on in one, and its architecture be trained in the other. For `enas-macro`, `enas-macro-channels`, `enas-micro` and `nasnet` only.
 */
form: ("search" | "final" | null)
/**
 * What a skip joins: the tensor before a layer, the stem first (`release`), or the output of a layer (`layers`, as the paper reads); null: `release`. For `enas-macro` and `enas-macro-channels` only.
 */
anchors: ("release" | "layers" | null)
/**
 * Into how many equal parts the channels of an operation are divided, of which a layer has some in a row; a divisor of `filters`; null: each channel is a part, as in the release. A network of more `filters` with the same `partition` is the same one, wider. For `enas-macro-channels` only.
 */
partition: (number | null)
/**
 * Sides of the square image that networks may choose from; images are resized to the side of the network that takes them, in training, measuring and evaluation. Null: networks take images as they are. For `ofa-mobilenet-v3` only.
 * 
 * @minItems 1
 */
sides: (number[] | null)
}

export type Inputs = {
  readonly "train": 'train-split';
};

export type Outputs = {
  readonly "space": 'search-space';
};
