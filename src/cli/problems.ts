import * as path from 'node:path';
import { formatProblem, type Problem, placeOf } from '../schema/index.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/**
 * Prints what is wrong with what the user gave, every mistake in its own place, and gives the exit code for it. As JSON
 * it is one line on the error stream: `{"problems":[{"code","message","at":{"source","line","column","length"},"hints"}]}`.
 */
export function reportProblems(
  io: Io,
  found: readonly Problem[],
  { json = false, closing }: { readonly json?: boolean | undefined; readonly closing?: string } = {},
): ExitCode {
  const problems = found.map((problem) => seenFrom(io.directory, problem));
  if (json) {
    const written = problems.map(({ code, message, at, hints }) => ({
      code,
      message,
      ...(at && {
        at: {
          source: at.source.name,
          line: placeOf(at).line,
          column: placeOf(at).column,
          length: at.length,
        },
      }),
      ...(hints && { hints }),
    }));
    io.err.write(`${JSON.stringify({ problems: written })}\n`);
    return EXIT.badInput;
  }
  const width = Math.min(io.err.columns() ?? 80, 100);
  for (const problem of problems) io.err.write(`${formatProblem(problem, width)}\n`);
  if (closing !== undefined) {
    const count = problems.length === 1 ? '1 error' : `${problems.length} errors`;
    io.err.write(`${count}; ${closing}\n`);
  }
  return EXIT.badInput;
}

/** The problem with paths below the current directory as a person there would type them. */
function seenFrom(directory: string, problem: Problem): Problem {
  const short = (text: string): string => text.replaceAll(`${directory}${path.sep}`, '');
  const { at, hints } = problem;
  return {
    ...problem,
    message: short(problem.message),
    ...(at && { at: { ...at, source: { ...at.source, name: short(at.source.name) } } }),
    ...(hints && { hints: hints.map(short) }),
  };
}
