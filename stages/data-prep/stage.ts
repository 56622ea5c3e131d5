import type { Failure, Result } from '../../src/base/index.ts';
import {
  channelStatistics,
  drawBalanced,
  type ImageSet,
  loadFashionMnist,
  loadFashionMnistMini,
  loadIdxDirectory,
  resized,
  subset,
  type TrainAndTest,
} from '../../src/data/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/data-prep.ts';
import { defineStage, type Split, type StageFiles, stageFailure } from '../../src/stage/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, files, rng, summary }) {
    const given = await load(params, files);
    const source = params.side === null ? given : atSide(given, params.side);
    const { classes } = source.train.info;
    const trainImages = Math.max(1, Math.round(params.trainImages * params.trainFraction));
    // Validation is drawn first, so that more or fewer training images are judged by the same ones.
    const [validationIndices, trainIndices] = settled(
      drawBalanced(source.train.labels, classes, [params.validationImages, trainImages], rng.fork('train')),
      (message) => `train and validation of ${source.train.info.name}: ${message}`,
    );
    const [testIndices] = settled(
      drawBalanced(source.test.labels, classes, [params.testImages], rng.fork('test')),
      (message) => `test of ${source.test.info.name}: ${message}`,
    );
    const train = subset(source.train, trainIndices!, `${params.source} train`);
    const statistics = channelStatistics(train);
    const split = ({ info, images, labels }: ImageSet): Split => ({
      info: { ...info, ...statistics },
      images,
      labels,
    });
    summary({
      train: trainImages,
      validation: params.validationImages,
      test: params.testImages,
    });
    return {
      train: split(train),
      validation: split(subset(source.train, validationIndices!, `${params.source} validation`)),
      test: split(subset(source.test, testIndices!, `${params.source} test`)),
    };
  },
});

const atSide = ({ train, test }: TrainAndTest, side: number): TrainAndTest => ({
  train: resized(train, side, side),
  test: resized(test, side, side),
});

async function load({ source, directory }: Params, files: StageFiles): Promise<TrainAndTest> {
  if (source !== 'fashion-mnist-mini') {
    if (directory === null) throw new Error(`internal error: expected the directory of ${source}, got none`);
    return settled(
      await (source === 'idx' ? loadIdxDirectory : loadFashionMnist)((name) =>
        files.read(`${directory}/${name}`),
      ),
      (message) => `${directory}: ${message}`,
    );
  }
  const shipped = await files.dataset(source);
  if (shipped === undefined) {
    throw stageFailure('missing-data', `the data set ${source} is missing from this installation of naspipe`);
  }
  return settled(await loadFashionMnistMini(shipped), (message) => `${source}: ${message}`);
}

/** The value, or the end of the attempt with every message put in its context. */
function settled<T>(result: Result<T>, inContext: (message: string) => string): T {
  if (result.ok) return result.value;
  const first = result.failures[0] as Failure;
  throw stageFailure(first.code, result.failures.map(({ message }) => inContext(message)).join('\n'));
}
