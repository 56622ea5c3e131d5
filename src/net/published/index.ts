export * from './efficientnet.ts';
export * from './mnasnet.ts';
export * from './mobilenet-v1.ts';
export * from './mobilenet-v2.ts';
export * from './mobilenet-v3.ts';
export * from './mobilenet-v4.ts';
export type { PublishedOptions } from './options.ts';
