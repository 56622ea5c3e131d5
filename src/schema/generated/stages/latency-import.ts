/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Makes a latency table of a published one, for a device that is not at hand: the YAML maps of ProxylessNAS and of Once-for-All, layer → mean, variance and count, and TuNAS's linear models of its three spaces. A layer of the space that the table lacks is an error that names it; nothing is guessed. For spaces of the grammars `mobilenet` and `stacks`; times are in ms.
 */
export interface Params {
/**
 * The YAML or JSON file, from the project.
 */
table: string
/**
 * Further files of the same format, such as those of Once-for-All for the other sides of the image that a space chooses among. A layer that several files have takes the mean of them.
 * 
 * @maxItems 100
 * 
 * Items: One file, from the project.
 */
others: string[]
/**
 * Whose keys it has: `proxylessnas` tells the expansion as a ratio; `ofa` as channels, and whether there is squeeze-and-excitation and h-swish; `tunas` is a linear model of one of TuNAS's spaces, on images of 224x224x3 and 1000 or 1001 classes: proxylessnas_search (`tunas-proxyless`, or a `proxyless` of the same widths, 144 features), proxylessnas_enlarged_search (`tunas-proxyless-enlarged`, 5983) or mobilenet_v3_like_search (`tunas-mobilenet-v3-like`, 29068). The file is { bias, kernel }, the coefficients in the order of the release, as numbers or, as there, in base64 of big-endian float32 (so may be the bias); or { bias, features: [{ name, w }] } in any order, with names such as `sep1 k5`, `S2L0 k3 e6` and `S2L1 zero`, or `S2L0 o24 i16 k3 e6` where widths are searched.
 */
format: ("proxylessnas" | "ofa" | "tunas")
/**
 * Name of the device that was measured.
 */
device: string
}

export type Inputs = {
  readonly "space": 'search-space';
};

export type Outputs = {
  readonly "table": 'latency-table';
};
