import type { RunResult } from '../schema/generated/run-result.ts';
import type { Kind } from '../stage/index.ts';

/** The last output of a kind in a run: `stage/port` and digest. */
export function lastOutput(result: RunResult, kind: Kind): { place: string; digest: string } | undefined {
  const found = Object.entries(result.stages).flatMap(([stage, of]) =>
    Object.entries(of?.outputs ?? {})
      .filter(([, output]) => output?.kind === kind)
      .map(([port, output]) => ({ place: `${stage}/${port}`, digest: output!.digest })),
  );
  return found.at(-1);
}
