import type { RunEvent } from '../../schema/generated/event.ts';

/** Shows the events of a run while it goes on. Renderers and the end summary are all that prints. */
export interface Renderer {
  event(event: RunEvent): void;
  /** A stop was asked for, and what a second Ctrl-C does. */
  stopping(): void;
  /** Leaves the screen as the last event wants it; nothing is shown afterwards. */
  close(): Promise<void>;
}

/** Where text goes: the stream and how wide it is. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Columns, read anew for each line: a terminal can be resized. */
  readonly columns: () => number;
}
