export * from './artifacts.ts';
export * from './contract.ts';
export { figureName, figureOf } from './figure.ts';
