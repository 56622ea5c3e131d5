export * from './backend.ts';
export * from './dropout.ts';
export * from './network.ts';
export * from './safetensors.ts';
