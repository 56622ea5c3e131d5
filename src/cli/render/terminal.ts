import { type DefaultRenderer, Listr, ListrLogger, Spinner } from 'listr2';
import type { Clock } from '../../base/clock.ts';
import { cut, wrap } from '../../report/layout.ts';
import type { Style } from '../../report/style.ts';
import { frameOf, rowsOf, widthOf } from './frame.ts';
import { runHeader, STOP_HINT, STOPPING } from './header.ts';
import type { Renderer, Screen } from './renderer.ts';
import { advance, emptyView, type RunView } from './view.ts';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
/** listr2 draws a spinner of its own before a title; ours is part of the title, so this one only keeps time. */
class Ticker extends Spinner {
  frame = 0;
  readonly #before: () => void;
  constructor(before: () => void) {
    super();
    this.#before = before;
  }
  override spin(): void {
    this.frame = (this.frame + 1) % FRAMES.length;
    this.#before();
  }
  override fetch(): string {
    return '';
  }
}

/** A screen that is redrawn in place: one line a stage, through listr2. */
export function terminalRenderer(
  screen: Screen,
  clock: Pick<Clock, 'elapsed'>,
  style: Style,
  directory: string,
  firstHint = STOP_HINT,
): Renderer {
  let view: RunView = emptyView();
  let hint = firstHint;
  let list: Listr<unknown, typeof DefaultRenderer> | undefined;
  let over: Promise<unknown> = Promise.resolve();
  let finish = (): void => {};
  /** listr2 cannot add lines. */
  let rows: readonly string[] = [];

  const ticker = new Ticker(() => redraw());
  const redraw = (): void => {
    const width = widthOf(screen.columns());
    const frame = { width, style, now: clock.elapsed(), spinner: FRAMES[ticker.frame]! };
    for (const [index, lines] of frameOf(view, rows, frame).entries()) {
      list!.tasks[index]!.title$ = lines.join('\n');
    }
    list!.tasks[rows.length]!.title$ = [
      ...view.warnings.flatMap((warning) => wrap(`warning: ${warning}`, width)).map(style.yellow),
      ...(view.status === undefined ? [style.dim(cut(hint, width))] : []),
    ].join('\n');
  };

  const begin = (): void => {
    const ended = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const blank = (): string => '';
    const icon = Object.fromEntries(
      ['PENDING', 'COMPLETED', 'FAILED', 'WAITING', 'PAUSED', 'RETRY'].map((level) => [level, blank]),
    );
    rows = rowsOf(view);
    list = new Listr(
      [...rows, ''].map((title) => ({ title, task: () => ended })),
      {
        concurrent: true,
        registerSignalListeners: false,
        rendererOptions: {
          formatOutput: 'truncate',
          indentation: 0,
          spinner: ticker,
          icon,
          logger: new ListrLogger({ useIcons: false }),
        },
      },
    );
    redraw();
    over = list.run();
  };

  return {
    event(event) {
      view = advance(view, event, clock.elapsed());
      if (event.event === 'run-started') {
        screen.write(`${style.bold(runHeader(event, directory))}\n\n`);
        begin();
      }
    },
    stopping() {
      hint = STOPPING;
    },
    async close() {
      if (list === undefined) return;
      redraw();
      finish();
      await over;
    },
  };
}
