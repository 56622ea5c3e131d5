export type { GatePath, ListedOptions, MixedChoice } from './gates.ts';
export type { Item } from './item.ts';
export * from './items.ts';
export * from './paths.ts';
export { sortChannels } from './sort-channels.ts';
