// @ts-nocheck a script of its own, without types
/**
 * Entry of an attempt as src/attempt/main.ts is one, whose backend takes turns: after some steps of the stage it makes the
 * same steps, with such batches, the same paths and options, on a second model that nothing else is asked of. At the end it
 * writes what both took to the log.
 */
import { parseArgs } from 'node:util';

const built = '../../../dist/';
const { serveAttempt } = await import(`${built}attempt/serve.js`);
const { chooseBackend } = await import(`${built}attempt/backends.js`);

/** Steps of a turn. */
const TURN = 16;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lock: { type: 'string' }, channel: { type: 'boolean', default: false } },
});

function takingTurns(backend, model, bare) {
  const turns = [];
  let made = [];
  let from;
  /** The batch where the second model reads it without a copy, as the first does; of a turn, the last one is there. */
  let area;
  const inPlace = (batch) => {
    if (area?.length !== batch.images.length) area = bare.inputArea?.(batch.images.length);
    area?.set(batch.images);
    return { ...batch, images: area ?? batch.images.slice() };
  };
  /** The same steps twice: what is prepared once a path is prepared the first time. */
  const same = async () => {
    for (const args of made) await bare.step(...args);
    const started = performance.now();
    for (const args of made) await bare.step(...args);
    return performance.now() - started;
  };
  return {
    ...bound(model),
    async write(tensors) {
      await bare.write(tensors);
      await model.write(tensors);
    },
    async step(path, batch, options) {
      const result = await model.step(path, batch, options);
      if (from === undefined) {
        from = performance.now();
        return result;
      }
      made.push([path, inPlace(batch), options]);
      if (made.length < TURN) return result;
      const stage = performance.now() - from;
      turns.push({ stage, bare: await same(), images: TURN * batch.size });
      made = [];
      from = performance.now();
      return result;
    },
    async close() {
      if (turns.length > 0)
        console.log(
          `turns ${JSON.stringify({ build: backend.info, turns, mebibytes: process.resourceUsage().maxRSS / 1024 })}`,
        );
      await bare.close();
      await model.close();
    },
  };
}

const bound = (model) => ({
  weights: model.weights,
  inputArea: (...args) => model.inputArea?.(...args),
  prepare: (...args) => model.prepare?.(...args),
  gradients: (...args) => model.gradients(...args),
  evaluate: (...args) => model.evaluate(...args),
  recalibrate: (...args) => model.recalibrate(...args),
  read: (...args) => model.read(...args),
});

await serveAttempt(positionals[0], { lock: Number(values.lock), channel: values.channel }, async (wish) => {
  const backend = await chooseBackend(wish);
  return {
    info: backend.info,
    async build(weights, optimiser) {
      const model = await backend.build(weights, optimiser);
      const bare = await backend.build(weights, optimiser);
      return takingTurns(backend, model, bare);
    },
    time: (...args) => backend.time(...args),
    close: () => backend.close(),
  };
});
