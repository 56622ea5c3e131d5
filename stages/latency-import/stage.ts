import { profileItems, publishedKeys } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/latency-import.ts';
import { defineStage, type LatencyTable, stageFailure } from '../../src/stage/index.ts';
import { orFail, requirePieces } from '../../src/train/index.ts';
import { readPublished } from './published.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, files, summary }) {
    const bytes = await files.read(params.table);
    if (bytes === undefined) throw stageFailure('missing-file', `there is no file ${params.table}`);
    const published = readPublished(new TextDecoder().decode(bytes), params.table);
    const missing = new Set<string>();
    const entries: LatencyTable['entries'] = [];
    for (const item of profileItems(requirePieces(inputs.space))) {
      const keys = orFail(publishedKeys(item, params.format));
      for (const key of keys) if (!published.has(key)) missing.add(key);
      const parts = keys.flatMap((key) => published.get(key) ?? []);
      const sum = (of: (part: (typeof parts)[number]) => number): number =>
        parts.reduce((total, part) => total + of(part), 0);
      entries.push({
        key: item.key,
        median: sum(({ mean }) => mean),
        // a normal distribution has 1.349 deviations between its quartiles
        spread: 1.349 * Math.sqrt(sum(({ variance }) => variance)),
        margin: 1.96 * Math.sqrt(sum(({ variance, samples }) => variance / samples)),
        samples: Math.min(...parts.map(({ samples }) => samples), Number.MAX_SAFE_INTEGER),
      });
    }
    if (missing.size > 0) {
      const named = [...missing].sort().join('\n');
      throw stageFailure(
        'missing-latency',
        `${params.table} is not of this space: it lacks ${missing.size} of its layers:\n${named}`,
      );
    }
    const unknown = 'published';
    summary({ shapes: entries.length, device: params.device });
    return {
      table: {
        space: inputDigests.space!,
        device: { name: params.device, arch: unknown, backend: unknown, instructionSet: unknown, threads: 1 },
        batch: 1,
        unit: 'ms',
        precision: 1,
        overhead: 0,
        overheadMargin: 0,
        entries,
        validation: { networks: 0, meanAbsolutePercentageError: 0, summedError: 0, r2: 0, kendallTau: 0 },
      },
    };
  },
});
