import type { Clock } from '../../base/clock.ts';
import type { Style } from '../../report/style.ts';
import { frameOf, rowsOf, widthOf } from './frame.ts';
import { runHeader } from './header.ts';
import type { Renderer, Screen } from './renderer.ts';
import { advance, emptyView, type RunView } from './view.ts';

/** What a terminal shows in the end, written once: for a run that is over before it can be watched. */
export function stillRenderer(
  screen: Screen,
  clock: Pick<Clock, 'elapsed'>,
  style: Style,
  directory: string,
): Renderer {
  let view: RunView = emptyView();
  let rows: readonly string[] = [];
  return {
    event(event) {
      view = advance(view, event, clock.elapsed());
      if (event.event !== 'run-started') return;
      rows = rowsOf(view);
      screen.write(`${style.bold(runHeader(event, directory))}\n\n`);
    },
    stopping() {},
    async close() {
      const width = widthOf(screen.columns());
      const lines = frameOf(view, rows, { width, style, now: clock.elapsed(), spinner: ' ' }).flat();
      screen.write(lines.map((line) => `${line}\n`).join(''));
    },
  };
}
