import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { idxNames, loadIdxDirectory, readIdx, writeIdx } from '../../src/data/index.ts';
import { isKind, kinds } from '../../src/kinds/index.ts';
import { checkPipeline } from '../../src/pipeline/check.ts';
import { readPipeline } from '../../src/pipeline/unchecked.ts';
import { formatProblem, type Problem } from '../../src/schema/problem.ts';
import type { StageTypes } from '../../src/stage/discovery.ts';

/** Longest time that one input may take, milliseconds: a hang, on any machine. */
const HANG_MS = 5000;

/** How many inputs are tried, and which. */
export interface Amount {
  readonly runs: number;
  readonly seed: number;
}

const words = fc.constantFrom(
  ...'name seed stages type params inputs data.train data search-space one one.out __proto__ constructor file artifact'.split(
    ' ',
  ),
  ...'foreach items take matrix extends data-prep command source run outputs toString ../x \0 \ud800 9007199254740993'.split(
    ' ',
  ),
);
const leaf = fc.oneof(words, fc.double(), fc.integer(), fc.boolean(), fc.constant(null), fc.string());
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(words, tie('value'), { maxKeys: 5 }),
  ),
}));
const stage = fc.record(
  {
    type: words,
    params: anyValue,
    inputs: anyValue,
    description: anyValue,
    items: anyValue,
    stages: anyValue,
  },
  { requiredKeys: [] },
);
/** From any text to nearly a pipeline. */
export const anyPipeline: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  anyValue.map((value) => JSON.stringify(value)),
  fc
    .record(
      {
        name: anyValue,
        seed: anyValue,
        matrix: anyValue,
        stages: fc.dictionary(words, fc.oneof(stage, anyValue)),
      },
      { requiredKeys: ['stages'] },
    )
    .map((value) => JSON.stringify(value)),
);

/** A text with some characters left out, put in or doubled. */
export const damaged = (text: string): fc.Arbitrary<string> =>
  fc
    .array(fc.tuple(fc.nat(text.length - 1), fc.nat(12), fc.oneof(fc.string({ maxLength: 3 }), words)), {
      minLength: 1,
      maxLength: 4,
    })
    .map((edits) =>
      edits.reduce((now, [at, length, insert]) => now.slice(0, at) + insert + now.slice(at + length), text),
    );

const anySets = fc.array(
  fc.oneof(
    fc.string(),
    fc
      .tuple(fc.array(words, { maxLength: 4 }), anyValue)
      .map(([path, v]) => `${path.join('.')}=${JSON.stringify(v)}`),
  ),
  { maxLength: 3 },
);

const inTime = <T>(work: () => T): T => {
  const started = performance.now();
  const result = work();
  const took = performance.now() - started;
  if (took > HANG_MS) throw new Error(`it took ${took} ms`);
  return result;
};

/** What was told can be printed, and says where it is. */
function printed(problems: readonly Problem[]): void {
  for (const problem of problems) {
    const text = formatProblem(problem);
    if (text === '' || /[^\P{Cc}\n]/u.test(text))
      throw new Error(`this is no message: ${JSON.stringify(text)}`);
  }
}

/** No text makes the loader of pipelines crash or hang: it gives a pipeline, or problems that can be printed. */
export function pipelinesNeverCrash(
  types: StageTypes,
  shipped: readonly string[],
  { runs, seed }: Amount,
): void {
  const text = fc.oneof(anyPipeline, ...shipped.map(damaged));
  fc.assert(
    fc.property(text, anySets, (source, sets) =>
      inTime(() => {
        const read = readPipeline({ name: 'p.json', text: source }, '/project', sets);
        const checked = read.ok ? checkPipeline(read.value, types) : read;
        if (!checked.ok) printed(checked.failures);
      }),
    ),
    { numRuns: runs, seed },
  );
}

const images = writeIdx({ dimensions: [6, 2, 2], data: new Uint8Array(24).fill(9) });
const labels = writeIdx({ dimensions: [6], data: Uint8Array.from([0, 1, 0, 1, 0, 1]) });

const flipped = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 }), fc.nat(bytes.length))
    .map(([edits, end]) => {
      const copy = bytes.slice();
      for (const [at, value] of edits) copy[at] = value;
      return copy.subarray(0, end % 3 === 0 ? end : bytes.length);
    });

/** Any bytes, or a good file with some of them changed or cut off, gzipped or not. */
const anyFile: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  ...[images, labels, new Uint8Array(gzipSync(images)), new Uint8Array(gzipSync(labels))].map(flipped),
);

/** No bytes make the readers of data sets crash or hang; what they give holds together. */
export async function dataNeverCrashes({ runs, seed }: Amount): Promise<void> {
  fc.assert(
    fc.property(anyFile, (bytes) =>
      inTime(() => {
        const read = readIdx(bytes);
        if (!read.ok) return;
        const volume = read.value.dimensions.reduce((product, side) => product * side, 1);
        if (volume !== read.value.data.length) throw new Error(`${volume} values are not there`);
      }),
    ),
    { numRuns: runs, seed },
  );
  const parts = fc.tuple(anyFile, anyFile, anyFile, anyFile, fc.option(fc.uint8Array({ maxLength: 8 })));
  await fc.assert(
    fc.asyncProperty(parts, async ([trainImages, trainLabels, testImages, testLabels, classes]) => {
      const files: { [name: string]: Uint8Array | null } = {
        [idxNames.trainImages]: trainImages,
        [idxNames.trainLabels]: trainLabels,
        [`${idxNames.testImages}.gz`]: testImages,
        [idxNames.testLabels]: testLabels,
        'classes.txt': classes,
      };
      const read = await loadIdxDirectory(async (name) => files[name] ?? undefined);
      if (read.ok && read.value.train.info.count < 1) throw new Error('an empty data set');
    }),
    { numRuns: Math.ceil(runs / 4), seed },
  );
}

/** No tree makes a kind of artifact crash: it loads, or says why not. */
export function treesNeverCrash(
  samples: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>,
  { runs, seed }: Amount,
): void {
  for (const [name, tree] of samples) {
    if (!isKind(name)) throw new Error(`there is no kind ${name}`);
    const file = fc.constantFrom(...tree.keys(), '../x', 'a/../../x', '');
    const edits = fc.array(fc.tuple(file, fc.nat(), fc.uint8Array({ maxLength: 6 })), { maxLength: 3 });
    fc.assert(
      fc.property(edits, (list) =>
        inTime(() => {
          const copy = new Map(tree);
          for (const [path, at, bytes] of list) {
            const old = copy.get(path) ?? new Uint8Array(0);
            const place = at % (old.length + 1);
            if (bytes.length === 0) copy.delete(path);
            else
              copy.set(
                path,
                Uint8Array.from([...old.subarray(0, place), ...bytes, ...old.subarray(place + 2)]),
              );
          }
          const loaded = kinds[name].load(copy);
          if (!loaded.ok) return;
          const strange = [...copy.keys()].filter((path) => path === '' || path.includes('..'));
          if (strange.length > 0) throw new Error(`a ${name} was loaded with ${strange}`);
        }),
      ),
      { numRuns: runs, seed },
    );
  }
}
