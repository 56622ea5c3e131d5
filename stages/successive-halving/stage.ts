import type { Json } from '../../src/base/index.ts';
import { childNetwork, encodingKey, frontFacts, spaceOperators } from '../../src/nas/index.ts';
import type { Model, Tensors } from '../../src/net/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/successive-halving.ts';
import { defineStage, type Trial } from '../../src/stage/index.ts';
import {
  architectureOf,
  type Cursor,
  evaluateSplit,
  evaluationBatch,
  initialise,
  optimiserOf,
  recipeBatches,
  requireSpace,
  restore,
  searchCosts,
  settingsOf,
  start,
  startingPoints,
  stepsOf,
  train,
  trainedModel,
  trialOf,
  writeWeights,
} from '../../src/train/index.ts';
import { filledUp, rungsOf } from './rungs.ts';

/** What a checkpoint of this stage holds besides the network that is in training. */
interface Saved {
  readonly rung: number;
  /** Position of the network that is in training among those of the rung. */
  readonly at: number;
  /** Networks of the rung, as indices of the first rung's. */
  readonly living: readonly number[];
  readonly cursors: { readonly [network: string]: Cursor };
  readonly trials: readonly Trial[];
}

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, inputs, inputDigests, rng, backend, resume, tick, stopwatch, summary }) {
    const { space, validation } = inputs;
    const digest = requireSpace(inputDigests.space, {});
    const costs = searchCosts(inputs, digest, params.limit, 'limit');
    const { target } = costs;
    const operators = spaceOperators(
      space,
      target === undefined ? undefined : { cost: costs.model, value: target },
    );
    const allowed = (encoding: readonly number[]) => operators.allowed?.(encoding) ?? true;
    const given = startingPoints(inputs.trials ?? [], params.networks, allowed);
    const encodings = filledUp(operators, given, params.networks, rng.fork('networks'));
    const origins = new Map(
      (inputs.trials ?? []).map(({ encoding, origin }) => [encodingKey(encoding), origin]),
    );
    const networks = encodings.map((encoding) => childNetwork(space, encoding));
    const batches = recipeBatches(inputs.train, params, rng);
    const rungs = rungsOf(params.networks, params.eta, params.epochs);
    const ends = rungs.map(({ epochs }) => stepsOf(epochs, batches));
    const steps = ends.at(-1)!;
    const total = rungs.reduce((sum, rung, r) => sum + rung.networks * (ends[r]! - (ends[r - 1] ?? 0)), 0);
    const device = await backend();

    let rung = 0;
    let at = 0;
    let living = encodings.map((_, network) => network);
    let cursors: { readonly [network: string]: Cursor } = {};
    let trials: Trial[] = [];
    /** Weights and slots of the networks that are not in training now, by index. */
    const resting = new Map<number, Tensors>();
    let checkpoint = resume;
    if (resume) {
      const { extra } = resume.state as unknown as { readonly extra: Saved };
      ({ rung, at, living, cursors } = { ...extra, living: [...extra.living] });
      trials = [...extra.trials];
    }
    const stepsBefore = (): number =>
      rungs
        .slice(0, rung)
        .reduce((sum, each, r) => sum + each.networks * (ends[r]! - (ends[r - 1] ?? 0)), 0) +
      at * (ends[rung]! - (ends[rung - 1] ?? 0));
    const extra = () => {
      const saved: Saved = { rung, at, living, cursors, trials };
      const tensors = [...resting].flatMap(([network, weights]) =>
        [...weights].map(([name, tensor]) => [`${network}/${name}`, tensor] as const),
      );
      return { state: saved as unknown as Json, tensors: new Map(tensors) };
    };

    /** Trains a network to the end of the rung, and scores it. */
    const trainOne = async (model: Model, network: number): Promise<void> => {
      let cursor = cursors[network] ?? start;
      if (checkpoint) {
        const restored = await restore(model, checkpoint);
        cursor = restored.cursor;
        for (const [name, tensor] of restored.extra.tensors) {
          const [index, own] = [Number.parseInt(name, 10), name.slice(name.indexOf('/') + 1)];
          resting.set(index, new Map([...(resting.get(index) ?? []), [own, tensor]]));
        }
        checkpoint = undefined;
      } else if (cursor.step > 0) await model.write(resting.get(network)!);
      else
        await writeWeights(
          model,
          initialise(networks[network]!.weights, rng.fork('initial'), params.initialiser),
          false,
        );
      resting.delete(network);
      const [from, before] = [ends[rung - 1] ?? 0, stepsBefore()];
      cursor = await train({
        model,
        batches,
        steps,
        until: ends[rung]!,
        pathAt: () => networks[network]!,
        settings: settingsOf(params, batches.perEpoch),
        rng,
        tick: (progress, snapshot) =>
          tick({ ...progress, step: before + progress.step - from, total }, snapshot),
        stopwatch,
        cursor,
        phase: `rung ${rung + 1}`,
        extra,
      });
      const scored = await evaluateSplit(model, networks[network]!, validation, {
        batchSize: evaluationBatch,
        statistics: 'moving',
      });
      trials.push(
        trialOf(costs, {
          index: trials.length,
          encoding: encodings[network]!,
          origin: origins.get(encodingKey(encodings[network]!)) ?? 'random',
          accuracy: {
            value: scored.accuracy,
            provenance: 'trained',
            split: 'validation',
            images: scored.images,
          },
          phase: `rung ${rung + 1}`,
          epochs: rungs[rung]!.epochs,
        }),
      );
      cursors = { ...cursors, [network]: cursor };
      resting.set(network, await model.read());
    };

    for (; rung < rungs.length; rung++, at = 0) {
      for (; at < living.length; at++) {
        const network = living[at]!;
        const model = await device.build(networks[network]!.weights, optimiserOf(params));
        try {
          await trainOne(model, network);
        } finally {
          await model.close();
        }
      }
      const scores = trials.slice(-living.length).map(({ accuracy }) => accuracy.value);
      const ranked = [...living.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
      living = ranked.slice(0, rungs[rung + 1]?.networks ?? 1).map((position) => living[position]!);
      for (const network of resting.keys()) if (!living.includes(network)) resting.delete(network);
    }
    const network = living[0]!;
    const encoding = encodings[network]!;
    const best = trials.findLast((trial) => encodingKey(trial.encoding) === encodingKey(encoding))!;
    const epochs = rungs.at(-1)!.epochs;
    summary({
      accuracy: best.accuracy.value,
      on: 'validation',
      [costs.model.quantity]: best.cost,
      networks: params.networks,
      rungs: rungs.length,
      epochs,
      ...frontFacts(trials),
    });
    return {
      trials,
      architecture: architectureOf({
        space,
        digest,
        costs,
        found: best,
        origin: best.origin,
        log: { networks: params.networks, rungs: rungs.length, epochs },
      }),
      model: trainedModel({
        network: networks[network]!,
        weights: resting.get(network)!,
        images: inputs.train,
        architecture: { space: digest, encoding: [...encoding] },
        training: { epochs, images: inputs.train.info.count, accuracy: best.accuracy },
      }),
    };
  },
});
