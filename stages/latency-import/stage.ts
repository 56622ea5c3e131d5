import {
  type PiecewiseSpace,
  type PublishedFormat,
  profileItems,
  publishedKeys,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/latency-import.ts';
import { defineStage, type LatencyTable, stageFailure } from '../../src/stage/index.ts';
import { orFail, requirePieces } from '../../src/train/index.ts';
import { readLinear } from './linear.ts';
import { linearEntries } from './linear-table.ts';
import { type PublishedEntry, readPublished, together } from './published.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, files, summary }) {
    const { table: file, others, format } = params;
    const textOf = async (name: string): Promise<string> => {
      const bytes = await files.read(name);
      if (bytes === undefined) throw stageFailure('missing-file', `there is no file ${name}`);
      return new TextDecoder().decode(bytes);
    };
    const space = requirePieces(inputs.space);
    const told = async () => {
      if (format === 'tunas')
        return { places: true as const, ...linearEntries(space, readLinear(await textOf(file), file), file) };
      const names = [file, ...others];
      const maps = await Promise.all(names.map(async (name) => readPublished(await textOf(name), name)));
      return { overhead: 0, entries: mappedEntries(space, together(maps), names, format) };
    };
    const { overhead, entries, ...places } = await told();
    const unknown = 'published';
    summary({ shapes: entries.length, device: params.device });
    return {
      table: {
        space: inputDigests.space!,
        device: { name: params.device, arch: unknown, backend: unknown, instructionSet: unknown, threads: 1 },
        batch: 1,
        unit: 'ms',
        precision: 1,
        ...places,
        overhead,
        entries,
        overheadMargin: 0,
        validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
      },
    };
  },
});

/** Each layer shape by the entries of a map that it is the sum of. Ends the stage with `missing-latency`. */
function mappedEntries(
  space: PiecewiseSpace,
  published: ReadonlyMap<string, PublishedEntry>,
  files: readonly string[],
  format: PublishedFormat,
): LatencyTable['entries'] {
  const missing = new Set<string>();
  const entries = profileItems(space).map((item) => {
    const keys = orFail(publishedKeys(item, format));
    for (const key of keys) if (!published.has(key)) missing.add(key);
    const parts = keys.flatMap((key) => published.get(key) ?? []);
    const sum = (of: (part: (typeof parts)[number]) => number): number =>
      parts.reduce((total, part) => total + of(part), 0);
    return {
      key: item.key,
      median: sum(({ mean }) => mean),
      // a normal distribution has 1.349 deviations between its quartiles
      spread: 1.349 * Math.sqrt(sum(({ variance }) => variance)),
      margin: 1.96 * Math.sqrt(sum(({ variance, samples }) => variance / samples)),
      samples: Math.min(...parts.map(({ samples }) => samples), Number.MAX_SAFE_INTEGER),
    };
  });
  if (missing.size > 0) {
    const named = [...missing].sort().join('\n');
    throw stageFailure(
      'missing-latency',
      `${files.join(', ')} ${files.length === 1 ? 'is not of this space: it lacks' : 'together lack'} ${missing.size} of its layers:\n${named}`,
    );
  }
  return entries;
}
