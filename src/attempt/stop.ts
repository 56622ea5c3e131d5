import type { Readable } from 'node:stream';

/** Whether the attempt was asked to save a checkpoint and end. */
export interface StopRequest {
  readonly requested: boolean;
}

/** What `tick` rejects with when it has saved its checkpoint; a stage lets it through. Known by identity. */
export const STOPPED: Error = Object.freeze(new Error('the attempt was asked to stop'));

/**
 * Listens for stop requests: SIGTERM, SIGUSR2 (a scheduler's warning; SIGUSR1 belongs to Node's inspector), a line
 * `stop` on the channel, or its end, which means that the driver is gone. SIGINT is ignored: a terminal sends it to the
 * whole process group, and the driver decides.
 *
 * @param channel the pipe from the driver; absent when a person started the attempt by hand
 */
export function listenForStop(channel?: Readable & { unref?(): void }): StopRequest {
  const state = { requested: false };
  const stop = () => {
    state.requested = true;
  };
  process.on('SIGINT', () => {});
  process.on('SIGTERM', stop);
  process.on('SIGUSR2', stop);
  if (channel) {
    channel.setEncoding('utf8');
    channel.on('data', (text: string) => {
      if (text.split('\n').includes('stop')) stop();
    });
    channel.on('end', stop);
    channel.on('error', stop);
    channel.unref?.();
  }
  return state;
}
