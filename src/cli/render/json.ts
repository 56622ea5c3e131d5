import type { Renderer, Screen } from './renderer.ts';

/** One event a line, as schemas/event.schema.json describes them. */
export const jsonRenderer = (screen: Pick<Screen, 'write'>): Renderer => ({
  event: (event) => screen.write(`${JSON.stringify(event)}\n`),
  stopping() {},
  async close() {},
});
