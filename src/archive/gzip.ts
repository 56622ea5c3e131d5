import { pipeline, Readable } from 'node:stream';
import { constants, createGunzip, createGzip } from 'node:zlib';

/** Packs bytes by gzip; without a time in its header, so that equal bytes give equal bytes. */
export function gzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const packer = createGzip({ level: constants.Z_BEST_SPEED });
  // an error reaches who reads the packer
  pipeline(Readable.from(chunks), packer, () => {});
  return packer;
}

/** Thrown by `gunzip` where the bytes are not those of a whole gzip stream. */
export class GzipDamage extends Error {}

const SENTENCES: { readonly [code: string]: string } = {
  Z_BUF_ERROR: 'it is cut off',
  Z_DATA_ERROR: 'its bytes are not what was packed',
};

/** Unpacks what `gzip` packed. Throws `GzipDamage`, or what reading the chunks throws. */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacker = createGunzip();
  pipeline(Readable.from(chunks), unpacker, () => {});
  let began = false;
  try {
    for await (const chunk of unpacker) {
      began = true;
      yield chunk as Uint8Array;
    }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!code.startsWith('Z_')) throw error;
    const sentence = message.includes('incorrect header check')
      ? began
        ? 'there is more after the end of what gzip packed'
        : 'it is not packed by gzip'
      : SENTENCES[code];
    throw new GzipDamage(sentence ?? message);
  }
}
