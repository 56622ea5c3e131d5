/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Makes a latency table of a published one, for a device that is not at hand: the YAML maps of ProxylessNAS and of Once-for-All, layer → mean, variance and count, and linear models as TuNAS's of its space proxylessnas_search. A layer of the space that the table lacks is an error that names it; nothing is guessed.
 */
export interface Params {
/**
 * The YAML or JSON file, from the project.
 */
table: string
/**
 * Whose keys it has: `proxylessnas` tells the expansion as a ratio; `ofa` as channels, and whether there is squeeze-and-excitation and h-swish; `tunas` is a linear model, { bias, features: [{ name, w }] } with the features of TuNAS's cost model (`sep1 k5`, `S2L0 k3 e6`, `S2L1 zero`).
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
