/** The part of the WebAssembly interface that the backend uses; Node's types name the namespace, but not this. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: SharedArrayBuffer;
    /** Grows by pages of 64 KiB; throws RangeError when that cannot be had. */
    grow(pages: number): number;
  }
  const Memory: new (descriptor: { initial: number; maximum: number; shared: true }) => Memory;
  interface Global {
    value: number;
  }
  const Instance: new (
    module: Module,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
  function compile(bytes: Uint8Array): Promise<Module>;
}
