import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { unpack } from './idx.ts';
import { type ImageSet, readIdxImages } from './image-set.ts';

/** The parts that a data set comes in. */
export interface TrainAndTest {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** Bytes of a file by its name in the data set's folder; nothing when it is not there. */
export type ReadByName = (name: string) => Promise<Uint8Array | undefined>;

/** Names of the four files of MNIST and its successors; each may carry `.gz`. */
export const idxNames = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

export type IdxPart = keyof typeof idxNames;
export type IdxParts = Readonly<Record<IdxPart, Uint8Array>>;

/**
 * The four files, unpacked: `<name>.gz` or else `<name>`. Fails with all that is wrong with any of them: `missing-data`,
 * `malformed-gzip`, or what `check` says of a file's unpacked bytes.
 */
export async function readIdxParts(
  read: ReadByName,
  check: (part: IdxPart, bytes: Uint8Array) => Failure | undefined = () => undefined,
): Promise<Result<IdxParts>> {
  const parts: Partial<Record<IdxPart, Uint8Array>> = {};
  const failures: Failure[] = [];
  for (const part of Object.keys(idxNames) as IdxPart[]) {
    const name = idxNames[part];
    const file = (await read(`${name}.gz`)) ?? (await read(name));
    if (file === undefined) {
      failures.push({ code: 'missing-data', message: `${name}.gz is missing` });
      continue;
    }
    const unpacked = unpack(file);
    if (!unpacked.ok) {
      failures.push(
        ...unpacked.failures.map(({ code, message }) => ({ code, message: `${name}.gz: ${message}` })),
      );
      continue;
    }
    const failure = check(part, unpacked.value);
    if (failure) failures.push(failure);
    parts[part] = unpacked.value;
  }
  return failures.length > 0 ? fail(...failures) : ok(parts as IdxParts);
}

/** Train and test images out of the four files. Fails as readIdxImages does. */
export function assemble(
  name: string,
  classes: readonly string[] | undefined,
  parts: IdxParts,
): Result<TrainAndTest> {
  const train = readIdxImages(`${name} train`, classes, parts.trainImages, parts.trainLabels);
  const known = train.ok ? train.value.info.classes : classes;
  const test = readIdxImages(`${name} test`, known, parts.testImages, parts.testLabels);
  if (!train.ok || !test.ok) {
    return fail(...(train.ok ? [] : train.failures), ...(test.ok ? [] : test.failures));
  }
  const shape = ({ info }: ImageSet): string => `${info.height}x${info.width}x${info.channels}`;
  const [trainShape, testShape] = [shape(train.value), shape(test.value)];
  if (trainShape !== testShape) {
    const message = `${name}: training images are ${trainShape}, test images ${testShape}`;
    return fail({ code: 'unfit-images', message });
  }
  return ok({ train: train.value, test: test.value });
}

/**
 * A data set of one's own in the four IDX files of MNIST: images [count, height, width] or [count, height, width,
 * channels], labels [count]. `classes.txt`, one name a line in the order of the labels, may name the classes.
 * Fails as readIdxParts and readIdxImages do, and with `unfit-classes`.
 */
export async function loadIdxDirectory(read: ReadByName): Promise<Result<TrainAndTest>> {
  const parts = await readIdxParts(read);
  if (!parts.ok) return parts;
  const file = await read('classes.txt');
  const classes = file && new TextDecoder().decode(file).trimEnd().split(/\r?\n/);
  if (classes && (classes.length < 2 || new Set(classes).size < classes.length || classes.includes(''))) {
    const message = 'classes.txt must name two or more different classes, one a line';
    return fail({ code: 'unfit-classes', message });
  }
  return assemble('idx', classes, parts.value);
}
