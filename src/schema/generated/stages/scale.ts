/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Scales a network by EfficientNet's compound scaling: the layers of each stack, the channels and the sides of the image are multiplied by `depth`, `width` and `resolution` to the power of `phi`. The result is a space for the stage type `architecture`: of that one network, or, in the grammars `macro` and `cells`, of the same choices at the scaled size. Networks of the grammar `macro` have as many layers as their space says: `depth` must be 1.
 */
export interface Params {
/**
 * How far: with the published bases (1.2, 1.1, 1.15) each unit about doubles the multiply-accumulates. Below 0 the network becomes smaller.
 */
phi: number
/**
 * Base of the layers of each stack; EfficientNet: 1.2.
 */
depth: number
/**
 * Base of the channels; EfficientNet: 1.1.
 */
width: number
/**
 * Base of the sides of the image; EfficientNet: 1.15. 1 keeps them. Whatever trains or evaluates a network resizes images to what it takes.
 */
resolution: number
}

export type Inputs = {
  readonly "space": 'search-space';
  readonly "architecture": { readonly kind: 'architecture'; readonly essence: 'choices' };
};

export type Outputs = {
  readonly "space": 'search-space';
};
