import { createRng, type Rng } from '../../src/base/index.ts';
import { encodingKey } from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/rank-correlation.ts';
import { defineStage, stageFailure } from '../../src/stage/index.ts';
import { type Agreement, coefficientOf, kendallTau, spearmanRho } from '../../src/train/index.ts';
import { provenanceOf, ratedModels, ratedTrials } from './rated.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, summary }) {
    const { models, trials, proxies } = inputs;
    if ((trials === undefined) === (proxies === undefined)) {
      throw stageFailure('incomplete-inputs', 'either trials or proxies must be wired, and not both');
    }
    const trained = [...ratedModels(models, 'models').values()];
    if (trained.length < 2) {
      throw stageFailure('too-few-models', `two models at least can be ranked, got ${trained.length}`);
    }
    const cheap = trials === undefined ? ratedModels(proxies!, 'proxies') : ratedTrials(trials);
    const pairs = trained.map(({ encoding, accuracy, macs }) => {
      const found = cheap.get(encodingKey(encoding));
      if (found === undefined) {
        const missing = `${trials === undefined ? 'no proxy' : 'no trial'} has the architecture [${encoding}] of a model`;
        throw stageFailure('unknown-architecture', missing);
      }
      return { encoding: [...encoding], cheap: found.accuracy.value, trained: accuracy.value, macs };
    });
    const draws = createRng(0).fork('rank-correlation');
    const coefficients = (figure: 'cheap' | 'macs', rng: Rng) => {
      const of = (agreement: Agreement, name: string) =>
        coefficientOf(
          agreement,
          pairs.map((pair) => pair[figure]),
          pairs.map((pair) => pair.trained),
          params.resamples,
          rng.fork(name),
        );
      return { kendall: of(kendallTau, 'kendall'), spearman: of(spearmanRho, 'spearman') };
    };
    const { kendall, spearman } = coefficients('cheap', draws);
    const bySize = coefficients('macs', draws.fork('size'));
    summary({
      tau: kendall.value,
      'tau from': kendall.low,
      'tau to': kendall.high,
      rho: spearman.value,
      'tau by size': bySize.kendall.value,
      architectures: pairs.length,
    });
    return {
      correlation: {
        cheap: provenanceOf(cheap.values()),
        pairs,
        images: Math.min(...trained.map(({ accuracy }) => accuracy.images)),
        kendall,
        spearman,
        bySize,
        resamples: params.resamples,
      },
    };
  },
});
