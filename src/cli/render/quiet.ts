import { silentText } from './header.ts';
import type { Renderer, Screen } from './renderer.ts';

/** Only what went wrong; the result follows at the end. */
export const quietRenderer = (screen: Pick<Screen, 'write'>): Renderer => ({
  event(event) {
    if (event.event === 'stage-failed') screen.write(`${event.stage} failed: ${event.message}\n`);
    if (event.event === 'stage-silent') screen.write(`warning: ${event.stage} is ${silentText(event)}\n`);
    if (event.event === 'warning') screen.write(`warning: ${event.message}\n`);
  },
  stopping() {},
  async close() {},
});
