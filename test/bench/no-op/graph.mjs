// @ts-nocheck a script of its own, without types
/** Stages beside each other in one layer; each takes from two of the layer before. */
const WIDTH = 100;

/** Name of the stage with a number. */
export const nameOf = (i) => `s${i}`;

/** Numbers of the stages that a stage takes from: two of the layer before, none in the first. */
export function sourcesOf(i) {
  const above = i - WIDTH;
  if (above < 0) return [];
  const layer = above - (above % WIDTH);
  return [above, layer + ((above + 1) % WIDTH)];
}

/** The numbers of n stages, sources first. */
export const numbers = (n) => Array.from({ length: n }, (_, i) => i);
