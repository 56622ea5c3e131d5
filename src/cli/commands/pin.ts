import { isDigest } from '../../base/digest.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { table } from '../../report/layout.ts';
import { findOutput, findRun, findStage, parseReference } from '../../report/reference.ts';
import { localTime, short } from '../../report/units.ts';
import type { RunResult } from '../../schema/generated/run-result.ts';
import type { Pinned, Store } from '../../store/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { openExisting } from '../open.ts';
import type { PinOptions } from '../options.ts';
import { reportProblems } from '../problems.ts';

/** What a person means by `<run>`, `<run>:<stage>`, `<run>:<stage>/<port>`, or the digest of an artifact. */
async function pinnedOf(store: Store, text: string): Promise<Result<Pinned>> {
  if (isDigest(text)) {
    return (await store.objects.manifest(text))
      ? ok({ of: 'artifact', target: text })
      : fail({ code: 'unknown-artifact', message: `the store ${store.root} has no artifact ${text}` });
  }
  const { run, stage, port } = parseReference(text);
  const result = await findRun(store, run);
  if (!result.ok) return result;
  if (stage === undefined) return ok({ of: 'run', target: result.value.run });
  const found = findStage(result.value, stage);
  if (!found.ok) return found;
  if (port !== undefined) {
    const output = findOutput(stage, found.value, port);
    return output.ok ? ok({ of: 'artifact', target: output.value.digest }) : output;
  }
  const { fingerprint, outputs } = found.value;
  if (fingerprint === undefined || Object.keys(outputs).length === 0) {
    return fail({ code: 'no-outputs', message: `stage ${stage} of run ${result.value.run} has no outputs` });
  }
  return ok({ of: 'stage', target: fingerprint });
}

const wordsOf = ({ of, target }: Pinned): string => `${of} ${of === 'run' ? target : short(target, 12)}`;

/** Fingerprint or digest → `<run>:<stage>` or `<run>:<stage>/<port>` of the last run that has it. */
async function namesOf({ runs }: Store): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (const run of await runs.list()) {
    const result = (await runs.results(run)) as RunResult | undefined;
    for (const [id, stage] of Object.entries(result?.stages ?? {})) {
      if (stage!.fingerprint !== undefined) names.set(stage!.fingerprint, `${run}:${id}`);
      for (const [port, output] of Object.entries(stage!.outputs))
        names.set(output!.digest, `${run}:${id}/${port}`);
    }
  }
  return names;
}

/** Pins something, so that it is never collected; without a name lists the pins. */
export async function pin(io: Io, what: string | undefined, options: PinOptions): Promise<ExitCode> {
  const { json, note } = options;
  const opened = await openExisting(io, options.store);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  if (what === undefined) {
    const pins = await store.pins.list();
    if (json) io.out.write(`${JSON.stringify(pins, null, 2)}\n`);
    else if (pins.length === 0) io.out.write('nothing is pinned\n');
    else {
      const names = await namesOf(store);
      const rows = pins.map((each) => [
        [wordsOf(each), names.get(each.target) ?? []].flat().join(', '),
        each.at === undefined ? '' : localTime(each.at),
        each.note ?? '',
      ]);
      for (const line of table(rows)) io.out.write(`${line}\n`);
    }
    return EXIT.ok;
  }
  const pinned = await pinnedOf(store, what);
  if (!pinned.ok) return reportProblems(io, pinned.failures, { json });
  const added = await store.pins.add(pinned.value, note);
  if (json) io.out.write(`${JSON.stringify({ ...pinned.value, added })}\n`);
  else io.out.write(`${wordsOf(pinned.value)} ${added ? 'is pinned' : 'was pinned already'}\n`);
  return EXIT.ok;
}

/** Takes a pin away; nothing is removed by that. */
export async function unpin(io: Io, what: string, options: PinOptions): Promise<ExitCode> {
  const { json } = options;
  const opened = await openExisting(io, options.store);
  if (!opened.ok) return reportProblems(io, opened.failures, { json });
  const store = opened.value;
  const direct = (await store.pins.list()).find(({ target }) => target === what);
  const pinned: Result<Pinned> = direct ? ok(direct) : await pinnedOf(store, what);
  if (!pinned.ok) return reportProblems(io, pinned.failures, { json });
  const { of, target } = pinned.value;
  if (!(await store.pins.remove({ of, target }))) {
    const message = `${wordsOf(pinned.value)} is not pinned; npx pipe pin lists what is`;
    return reportProblems(io, [{ code: 'not-pinned', message }], { json });
  }
  if (json) io.out.write(`${JSON.stringify({ of, target, removed: true })}\n`);
  else io.out.write(`${wordsOf(pinned.value)} is no longer pinned\n`);
  return EXIT.ok;
}
