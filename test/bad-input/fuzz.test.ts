import * as path from 'node:path';
import { test } from 'vitest';
import { nodeFiles, readText } from '../../src/base/files.ts';
import { discoverStageTypes } from '../../src/stage/discovery.ts';
import { repository } from '../engine/project.ts';
import { type Amount, dataNeverCrashes, pipelinesNeverCrash, treesNeverCrash } from './fuzz.ts';
import { sampleTrees } from './sample-trees.ts';

/** `npm run soak:fuzz -- --seconds 600 --seed 8` sets these and looks longer. */
const seconds = Number(process.env.FUZZ_SECONDS ?? 0);
const firstSeed = Number(process.env.FUZZ_SEED ?? 7);
const timeout = seconds * 2000 + 60_000;

const types = await discoverStageTypes(nodeFiles, repository);
const shipped = await Promise.all(
  ['smoke.json', 'class-counts.json'].map((name) =>
    readText(nodeFiles, path.join(repository, 'pipelines', name)),
  ),
);
const trees = sampleTrees();

/** What is tried, and how many inputs a round of `runs` comes to. */
const targets = {
  'no text makes the loader of pipelines crash or hang': {
    tries: (amount: Amount) => pipelinesNeverCrash(types, shipped, amount),
    inputs: (runs: number) => runs,
  },
  'no bytes make the readers of data sets crash or hang': {
    tries: ({ runs, seed }: Amount) => dataNeverCrashes({ runs: runs * 4, seed }),
    inputs: (runs: number) => runs * 5,
  },
  'no tree makes a kind of artifact crash': {
    tries: ({ runs, seed }: Amount) => treesNeverCrash(trees, { runs: Math.ceil(runs / 4), seed }),
    inputs: (runs: number) => Math.ceil(runs / 4) * trees.size,
  },
};

for (const [name, { tries, inputs }] of Object.entries(targets)) {
  test(name, { timeout }, async () => {
    if (seconds === 0) return tries({ runs: 400, seed: firstSeed });
    const share = (seconds * 1000) / Object.keys(targets).length;
    const started = performance.now();
    let [seed, tried, told] = [firstSeed, 0, 0];
    for (; performance.now() - started < share; seed++) {
      await tries({ runs: 400, seed });
      tried += inputs(400);
      const now = Math.round((performance.now() - started) / 1000);
      if (now >= told + 10) console.log(`${name}: ${tried} inputs in ${now} s, seed ${seed}`);
      if (now >= told + 10) told = now;
    }
    console.log(`${name}: ${tried} inputs, seeds ${firstSeed} to ${seed - 1}, no find`);
  });
}
