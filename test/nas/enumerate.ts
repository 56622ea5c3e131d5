import type { Encoding, SearchSpace } from '../../src/nas/index.ts';
import { canonicalEncoding, choiceBlocks, encodingKey } from '../../src/nas/index.ts';

/** Every encoding of a small space, canonical or not. */
export function rawEncodings(space: SearchSpace): Encoding[] {
  return choiceBlocks(space).reduce<Encoding[]>(
    (partial, { options }) =>
      partial.flatMap((encoding) => options.map((_, option) => [...encoding, option])),
    [[]],
  );
}

/** Every architecture of a small space once, canonical. */
export const architectures = (space: SearchSpace): Encoding[] => [
  ...new Map(
    rawEncodings(space).map((raw) => {
      const encoding = canonicalEncoding(space, raw);
      return [encodingKey(encoding), encoding] as const;
    }),
  ).values(),
];
