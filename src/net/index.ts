export * from './backend.ts';
export * from './network.ts';
