export * from './export.ts';
export * from './onnxruntime.ts';
