/** Something in a store that is not as it should be. */
export interface Finding {
  readonly part:
    | 'store'
    | 'artifact'
    | 'record'
    | 'checkpoint'
    | 'attempt'
    | 'run'
    | 'pin'
    | 'signature'
    | 'cache'
    | 'lock';
  /** `artifact 3f2a…`, `record 81c0…/2`. */
  readonly what: string;
  /** What is wrong with it, in one sentence without a full stop. */
  readonly why: string;
  /** Absolute path. */
  readonly path: string;
  /**
   * What a repair does: move it aside, remove what a dead process left, point a link where it should lead, or write anew
   * what can be known from elsewhere.
   */
  readonly remedy: 'quarantine' | 'drop' | 'relink' | 'rewrite';
  /** For `relink`: where to. */
  readonly target?: string;
  /** For `rewrite`: the whole new text. */
  readonly text?: string;
  /** Artifact that is not there whole any more. */
  readonly artifact?: string;
  /** Fingerprint whose record or checkpoint is not there whole any more. */
  readonly fingerprint?: string;
}

/** What a check of one part found, and how many things it looked at. */
export interface Checked {
  readonly count: number;
  readonly findings: readonly Finding[];
}

/** A finding whose place is moved aside. */
export const stray = (part: Finding['part'], what: string, why: string, path: string): Finding => ({
  part,
  what,
  why,
  path,
  remedy: 'quarantine',
});
