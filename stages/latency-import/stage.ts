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
import { readPublished } from './published.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, files, summary }) {
    const bytes = await files.read(params.table);
    if (bytes === undefined) throw stageFailure('missing-file', `there is no file ${params.table}`);
    const text = new TextDecoder().decode(bytes);
    const space = requirePieces(inputs.space);
    const { table: file, format } = params;
    const told =
      format === 'tunas'
        ? { places: true as const, ...linearEntries(space, readLinear(text, file), file) }
        : { overhead: 0, entries: mappedEntries(space, text, file, format) };
    const unknown = 'published';
    summary({ shapes: told.entries.length, device: params.device });
    return {
      table: {
        space: inputDigests.space!,
        device: { name: params.device, arch: unknown, backend: unknown, instructionSet: unknown, threads: 1 },
        batch: 1,
        unit: 'ms',
        precision: 1,
        ...told,
        overheadMargin: 0,
        validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
      },
    };
  },
});

/** Each layer shape by the entries of a map that it is the sum of. Ends the stage with `missing-latency`. */
function mappedEntries(
  space: PiecewiseSpace,
  text: string,
  file: string,
  format: PublishedFormat,
): LatencyTable['entries'] {
  const published = readPublished(text, file);
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
      `${file} is not of this space: it lacks ${missing.size} of its layers:\n${named}`,
    );
  }
  return entries;
}
