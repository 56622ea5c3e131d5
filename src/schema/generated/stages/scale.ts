/* Generated from the schema by `npm run types`: do not edit. */

/**
 * Scales a network that was found by EfficientNet's compound scaling: more layers in each stack, more channels, larger images, by powers of `phi`. The result is a space of that one network (of cells: of all networks of the scaled size), for the stage type architecture.
 */
export interface Params {
/**
 * How far: each unit about doubles the multiply-accumulates with the published bases.
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
