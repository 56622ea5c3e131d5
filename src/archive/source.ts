/** Bytes that come in chunks, taken in pieces of a chosen size. */
export interface ByteSource {
  /** Bytes taken so far. */
  readonly taken: number;
  /** The next `size` bytes; nothing when there are fewer. */
  take(size: number): Promise<Uint8Array | undefined>;
  /** What is at hand, at least one byte; nothing at the end. */
  some(): Promise<Uint8Array | undefined>;
}

/** Takes pieces from a stream of chunks; never more of it than the pieces need. */
export function byteSource(chunks: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = chunks[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);
  let taken = 0;

  async function next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      if (value.length > 0) return value;
    }
  }

  const source: ByteSource = {
    get taken() {
      return taken;
    },
    async take(size) {
      if (held.length >= size) {
        const piece = held.subarray(0, size);
        held = held.subarray(size);
        taken += size;
        return piece;
      }
      const parts = [held];
      let length = held.length;
      held = new Uint8Array(0);
      while (length < size) {
        const chunk = await next();
        if (chunk === undefined) {
          taken += length;
          return undefined;
        }
        parts.push(chunk);
        length += chunk.length;
      }
      const joined = Buffer.concat(parts);
      held = joined.subarray(size);
      taken += size;
      return joined.subarray(0, size);
    },
    async some() {
      const piece = held.length > 0 ? held : await next();
      held = new Uint8Array(0);
      taken += piece?.length ?? 0;
      return piece;
    },
  };
  return source;
}
