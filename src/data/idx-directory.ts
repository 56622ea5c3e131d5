import { type Failure, fail, ok, type Result } from '../base/result.ts';
import { unpack } from './idx.ts';
import { type ImageSet, type NamedFile, readIdxImages } from './image-set.ts';

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
/** Unpacked files, by the names under which they were found. */
export type IdxParts = Readonly<Record<IdxPart, NamedFile>>;

/**
 * The four files, unpacked: `<name>.gz` or else `<name>`. Fails with all that is wrong with any of them: `missing-data`,
 * `malformed-gzip`, or what `check` says of a file's unpacked bytes.
 */
export async function readIdxParts(
  read: ReadByName,
  check: (part: IdxPart, bytes: Uint8Array) => Failure | undefined = () => undefined,
): Promise<Result<IdxParts>> {
  const parts: Partial<Record<IdxPart, NamedFile>> = {};
  const failures: Failure[] = [];
  for (const part of Object.keys(idxNames) as IdxPart[]) {
    const name = idxNames[part];
    const packed = await read(`${name}.gz`);
    const file = packed ?? (await read(name));
    if (file === undefined) {
      failures.push({ code: 'missing-data', message: `neither ${name} nor ${name}.gz is there` });
      continue;
    }
    const found = packed === undefined ? name : `${name}.gz`;
    const unpacked = unpack(file);
    if (!unpacked.ok) {
      failures.push(
        ...unpacked.failures.map(({ code, message }) => ({ code, message: `${found}: ${message}` })),
      );
      continue;
    }
    const failure = check(part, unpacked.value);
    if (failure) failures.push(failure);
    parts[part] = { name: found, bytes: unpacked.value };
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
    const message = `${parts.testImages.name}: its images are ${testShape}, those of ${parts.trainImages.name} ${trainShape}`;
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
  const classes = file && classNames(file);
  if (typeof classes === 'string') {
    return fail({ code: 'unfit-classes', message: `classes.txt ${classes}` });
  }
  return assemble('idx', classes, parts.value);
}

/** One name a line; what is wrong, where they are none. */
function classNames(file: Uint8Array): string[] | string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(file);
  } catch {
    return 'is no UTF-8 text; save it as UTF-8';
  }
  const names = text.trimEnd().split(/\r?\n/);
  const empty = names.indexOf('');
  const twice = names.findIndex((name, index) => names.indexOf(name) < index);
  if (names.length < 2) return 'must name two or more classes, one a line';
  if (empty !== -1) return `has no name on line ${empty + 1}`;
  return twice === -1 ? names : `names ${JSON.stringify(names[twice])} twice, again on line ${twice + 1}`;
}
