export * from './mnas.ts';
export * from './mobilenet-v3-paper.ts';
export * from './mobilenet-v4.ts';
export * from './nas-bench-macro.ts';
export * from './ofa.ts';
export * from './published.ts';
export * from './tunas.ts';
