import { never } from '../../base/result.ts';
import { bar, sparkline } from '../../report/bar.ts';
import { fact, factsLine } from '../../report/facts.ts';
import { cut, padEnd, spread, widthOf, wrap, wrapLines } from '../../report/layout.ts';
import { memoText } from '../../report/memo.ts';
import type { Style } from '../../report/style.ts';
import { clockTime, count, duration } from '../../report/units.ts';
import { silentHint, silentText } from './header.ts';
import { equalText, heldText, resumedText, type StageView, timeLeft } from './view.ts';

/** What a line depends on besides its stage. */
export interface LineContext {
  /** Columns. */
  readonly width: number;
  /** Columns of the longest stage id. */
  readonly idWidth: number;
  readonly style: Style;
  /** Milliseconds of the clock that the view was advanced with. */
  readonly now: number;
  /** Frame of the spinner: one column. */
  readonly spinner: string;
  /** Stage ids that are not done yet, for `waits for …`. */
  readonly pending: ReadonlySet<string>;
}

/** Columns. */
const SPARK = 8;
const WIDEST_BAR = 20;
const NARROWEST_BAR = 12;

/** The line of a stage, and, when it failed, the lines below that say what happened; none is wider than `width`. */
export function stageLines(stage: StageView, context: LineContext): string[] {
  const { style, width, idWidth } = context;
  const id = padEnd(stage.id, idWidth + 2);
  const room = width - 3 - idWidth - 2;
  const line = (symbol: string, text: string, right: string, paint = (whole: string) => whole): string =>
    ` ${symbol} ${paint(id)}${paint(spread(text, right, room))}`.trimEnd();
  const indented = (text: string): string => ' '.repeat(width - room) + text;
  switch (stage.state) {
    case 'waiting':
      return [line(' ', waitingText(stage, context), '', style.dim)];
    case 'not-run':
      return [line(' ', 'not run', '', style.dim)];
    case 'running': {
      if (stage.silent !== undefined) {
        const { silent } = stage;
        const [first, ...rest] = wrap(silentText(silent, context.now - silent.from), room);
        const below = [...rest, ...wrap(`${silentHint(silent)} · ${logOf(stage)}`, room)];
        return [line(style.yellow('!'), first ?? '', ''), ...below.map(indented)];
      }
      const symbol = style.cyan(stage.resumedFrom === undefined ? context.spinner : '↻');
      return [` ${symbol} ${id}${runningText(stage, context.now, room)}`];
    }
    case 'cached': {
      const took = `cached${stage.elapsedMs === undefined ? '' : ` (${duration(stage.elapsedMs)})`}`;
      return [line(style.green('✔'), facts(stage, room - widthOf(took) - 2), took, style.dim)];
    }
    case 'ran':
    case 'resumed': {
      const took = duration(stage.elapsedMs ?? 0);
      return [line(style.green('✔'), facts(stage, room - widthOf(took) - 2), took)];
    }
    case 'failed': {
      const took = duration(stage.elapsedMs ?? 0);
      const [head = '', ...lines] = failureText(stage).split('\n');
      const [first, ...rest] = wrap(head, room - widthOf(took) - 2);
      const below = [
        ...rest,
        ...lines.flatMap((text) => wrapLines(text, room)),
        ...wrap(followUp(stage), room),
      ];
      return [line(style.red('✖'), first ?? '', took), ...below.map(indented)];
    }
    case 'stopped':
      return [line(style.yellow('■'), stoppedText(stage), duration(stage.elapsedMs ?? 0))];
    default:
      return never(stage.state);
  }
}

/** Where the outputs come from, where that is special, and as many headline facts as fit. */
function facts(stage: StageView, width: number): string {
  const special = cut(specialText(stage), width);
  const { summary } = stage;
  if (special === '') return factsLine(summary, width);
  const rest = factsLine(summary, width - widthOf(special) - 3);
  return rest === '' ? special : `${rest} · ${special}`;
}

/** What a reader must know of a finished stage besides what it found. */
function specialText(stage: StageView): string {
  switch (stage.state) {
    case 'resumed':
      return [`resumed at ${resumedText(stage)}`, memoText(stage.memo)]
        .filter((part) => part !== '')
        .join(' · ');
    case 'ran':
      return memoText(stage.memo);
    case 'cached':
      if (stage.accepted !== undefined) return `edit accepted: ${stage.accepted}`;
      return equalText(stage) || (stage.madeOn === undefined ? '' : `made on ${stage.madeOn}`);
    default:
      return '';
  }
}

const waitingText = (stage: StageView, { now, pending }: LineContext): string =>
  stage.held === undefined ? waitsFor(stage, pending) : heldText(stage, now);

function waitsFor(stage: StageView, pending: ReadonlySet<string>): string {
  const missing = stage.after.filter((id) => pending.has(id));
  return missing.length === 0 ? 'waits' : `waits for ${missing.join(', ')}`;
}

const stoppedText = (stage: StageView): string =>
  stage.checkpointStep === undefined
    ? 'stopped before its first checkpoint'
    : `stopped at step ${count(stage.checkpointStep)}${ofTotal(stage)}`;

const ofTotal = (stage: StageView): string => (stage.progress ? ` of ${count(stage.progress.total)}` : '');

/** What happened; how far it was, where a process ended without saying so. */
function failureText({ failure, progress }: StageView): string {
  const { code, message } = failure ?? { code: 'failed', message: 'failed' };
  return code === 'killed' && progress
    ? `${message} at step ${count(progress.step)} of ${count(progress.total)}`
    : message;
}

const logOf = ({ id }: StageView): string => `log: npx pipe logs latest:${id}`;

/** Where a failed stage would go on, and where its log is. */
function followUp(stage: StageView): string {
  const log = logOf(stage);
  return stage.checkpointStep === undefined
    ? log
    : `checkpoint at step ${count(stage.checkpointStep)} · ${log}`;
}

/** `resumed at 1,800  ███▊   64 %  acc .87 ▁▃▅  2,090 img/s  ETA 0:38`, with as many metrics as fit. */
function runningText(stage: StageView, now: number, room: number): string {
  const { progress } = stage;
  const head = stage.resumedFrom === undefined ? '' : `resumed at ${resumedText(stage)}  `;
  if (!progress || progress.total === 0) {
    return cut(head === '' ? `starts: ${stage.reason ?? 'it is its turn'}` : head.trimEnd(), room);
  }
  const left = timeLeft(stage, now);
  const eta = left === undefined ? '' : `ETA ${clockTime(left)}`;
  const tail = `  ${String(Math.floor((100 * progress.step) / progress.total)).padStart(3)} %`;
  const metrics = Object.entries(progress.metrics ?? {})
    .filter((entry): entry is [string, number] => entry[1] !== undefined)
    .map(([name, value], index) => {
      const spark = index === 0 ? sparkline(stage.history, SPARK) : '';
      return spark === '' ? fact(name, value) : `${fact(name, value)} ${spark}`;
    });
  for (let shown = metrics.length; ; shown--) {
    const rest = [...metrics.slice(0, shown), eta]
      .filter(Boolean)
      .map((part) => `  ${part}`)
      .join('');
    const columns = Math.min(WIDEST_BAR, room - widthOf(head) - widthOf(tail) - widthOf(rest));
    if (columns >= NARROWEST_BAR) return head + bar(progress.step / progress.total, columns) + tail + rest;
    if (shown === 0) return cut(`${head}${tail.trim()}${rest}`, room);
  }
}
