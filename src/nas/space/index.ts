export * from './check.ts';
export * from './describe.ts';
export * from './encoding.ts';
export * from './layout.ts';
export * from './mobilenet-v3.ts';
export * from './mutate.ts';
export * from './proxyless.ts';
