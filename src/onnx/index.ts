export * from './export.ts';
export * from './onnxruntime.ts';
export * from './timer.ts';
