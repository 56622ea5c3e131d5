export * from './augment.ts';
export * from './batch.ts';
export * from './fashion-mnist.ts';
export * from './idx.ts';
export * from './idx-directory.ts';
export * from './image-set.ts';
export * from './split.ts';
export * from './statistics.ts';
