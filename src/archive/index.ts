export * from './gzip.ts';
export { type ArchiveFailure, isContained, readTar, type TarFile, writeTar } from './tar.ts';
