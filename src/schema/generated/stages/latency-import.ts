/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Makes a latency table of a published one, for a device that is not at hand: the YAML maps of ProxylessNAS and of Once-for-All, layer → mean, variance and count. A layer of the space that the table lacks is an error that names it; nothing is guessed.
 */
export interface Params {
/**
 * The YAML file, from the project.
 */
table: string
/**
 * Whose keys it has: `proxylessnas` tells the expansion as a ratio; `ofa` as channels, and whether there is squeeze-and-excitation and h-swish.
 */
format: ("proxylessnas" | "ofa")
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
