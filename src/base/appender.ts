import * as fs from 'node:fs';

/** A file that grows by whole lines, which are not lost with the process. */
export interface Appender {
  /** To be inherited by a child process. */
  readonly descriptor: number;
  /** Throws Node's error when the file system fails; what got written of the text then ends with a line of its own. */
  append(text: string): void;
  close(): void;
}

/** Writes some of the bytes from `offset` on and says how many: `fs.writeSync`. */
export type Write = (descriptor: number, bytes: Uint8Array, offset: number) => number;

/** Appends by a descriptor. A write that takes only a part is followed by one for the rest. */
export function appenderOn(descriptor: number, write: Write = fs.writeSync): Appender {
  let torn = false;
  return {
    descriptor,
    append(text) {
      const bytes = new TextEncoder().encode(torn ? `\n${text}` : text);
      torn = true;
      for (let at = 0; at < bytes.length; ) at += write(descriptor, bytes, at);
      torn = false;
    },
    close: () => fs.closeSync(descriptor),
  };
}
