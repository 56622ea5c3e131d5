import { findRunId } from '../../report/reference.ts';
import type { Problem } from '../../schema/problem.ts';
import { isTag } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { TagOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** Problems of texts that are to be tags. */
export const tagProblems = (tags: readonly string[]): Problem[] =>
  tags
    .filter((tag) => !isTag(tag))
    .map((tag) => ({
      code: 'bad-tag',
      message: `"${tag}" cannot be a tag: a tag has at most 64 letters, digits, ".", "_", "/" and "-", and begins with a letter or digit`,
    }));

/** Adds tags to a run, removes some, sets its note; without any, says what there is. */
export async function tag(
  io: Io,
  text: string,
  add: readonly string[],
  { store: place, json, remove, note }: TagOptions,
): Promise<ExitCode> {
  const opened = await openExisting(io, place);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const { runs } = opened.value;
  const run = await findRunId(opened.value, text);
  if (!run.ok) return reportProblems(io, run.failures, { json });
  const wrong = tagProblems(add);
  if (wrong.length > 0) return reportProblems(io, wrong, { json });
  const before = await runs.labels(run.value);
  const absent = remove.filter((each) => !before.tags.includes(each));
  if (absent.length > 0) {
    const has = before.tags.length > 0 ? `; it has ${before.tags.join(', ')}` : '; it has none';
    const message = `run ${run.value} has no tag "${absent[0]}"${has}`;
    return reportProblems(io, [{ code: 'unknown-tag', message }], { json });
  }
  const changes = add.length + remove.length > 0 || note !== undefined;
  const labels = changes
    ? await runs.label(run.value, { add, remove, ...(note !== undefined && { note }) })
    : before;
  if (json) io.out.write(`${JSON.stringify({ run: run.value, labels })}\n`);
  else {
    const tags = labels.tags.length > 0 ? labels.tags.join(', ') : 'no tags';
    io.out.write(`run ${run.value}: ${tags}${labels.note === undefined ? '' : ` · ${labels.note}`}\n`);
  }
  return EXIT.ok;
}
