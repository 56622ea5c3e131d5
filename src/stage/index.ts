export * from './artifacts.ts';
export * from './contract.ts';
