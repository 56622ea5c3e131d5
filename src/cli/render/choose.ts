import type { Clock } from '../../base/clock.ts';
import type { Style } from '../../report/style.ts';
import type { Io } from '../io.ts';
import type { DriveOptions } from '../options.ts';
import { jsonRenderer } from './json.ts';
import { plainRenderer } from './plain.ts';
import { quietRenderer } from './quiet.ts';
import type { Renderer, Screen } from './renderer.ts';

/** Who shows how a run goes; `onTerminal` where there is a terminal. */
export function rendererOf(
  io: Io,
  { json, quiet }: Pick<DriveOptions, 'json' | 'quiet'>,
  onTerminal: (screen: Screen, clock: Clock, style: Style, directory: string) => Renderer,
): Renderer {
  if (json) return jsonRenderer(io.out);
  if (quiet) return quietRenderer(io.err);
  if (io.out.columns() === undefined) return plainRenderer(io.out, io.clock, io.directory);
  const screen = { write: io.out.write, columns: () => io.out.columns() ?? 80 };
  return onTerminal(screen, io.clock, io.out.style, io.directory);
}
