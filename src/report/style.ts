/** Paints text for a terminal; every painter returns its text unchanged when colour is off. */
export interface Style {
  readonly bold: Painter;
  readonly dim: Painter;
  readonly red: Painter;
  readonly green: Painter;
  readonly yellow: Painter;
  readonly cyan: Painter;
}

export type Painter = (text: string) => string;

const CSI = '\u001b[';

const painter = (open: number, close: number): Painter => {
  return (text) => (text === '' ? text : `${CSI}${open}m${text}${CSI}${close}m`);
};

const asIs: Painter = (text) => text;

export const plainStyle: Style = {
  bold: asIs,
  dim: asIs,
  red: asIs,
  green: asIs,
  yellow: asIs,
  cyan: asIs,
};

export const colourStyle: Style = {
  bold: painter(1, 22),
  dim: painter(2, 22),
  red: painter(31, 39),
  green: painter(32, 39),
  yellow: painter(33, 39),
  cyan: painter(36, 39),
};

/**
 * The style for a stream: colour on a terminal, none elsewhere. `NO_COLOR` (set and not empty) turns it off and
 * `FORCE_COLOR` (set, not empty, not 0) on, as https://no-color.org and https://force-color.org describe.
 */
export function styleFor(
  stream: { readonly isTTY?: boolean | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  if (environment.NO_COLOR) return plainStyle;
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return colourStyle;
  return stream.isTTY && environment.TERM !== 'dumb' ? colourStyle : plainStyle;
}
