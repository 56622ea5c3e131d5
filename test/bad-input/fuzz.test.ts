import * as path from 'node:path';
import { test } from 'vitest';
import { nodeFiles, readText } from '../../src/base/files.ts';
import { discoverStageTypes } from '../../src/stage/discovery.ts';
import { repository } from '../engine/project.ts';
import { dataNeverCrashes, pipelinesNeverCrash, treesNeverCrash } from './fuzz.ts';
import { sampleTrees } from './sample-trees.ts';

/** `FUZZ_RUNS=100000 npx vitest run test/bad-input/fuzz.test.ts` looks longer. */
const runs = Number(process.env.FUZZ_RUNS ?? 400);
const timeout = Math.max(60_000, runs * 100);

test('no text makes the loader of pipelines crash or hang', { timeout }, async () => {
  const types = await discoverStageTypes(nodeFiles, repository);
  const shipped = await Promise.all(
    ['smoke.json', 'class-counts.json'].map((name) =>
      readText(nodeFiles, path.join(repository, 'pipelines', name)),
    ),
  );
  pipelinesNeverCrash(types, shipped, runs);
});

test('no bytes make the readers of data sets crash or hang', { timeout }, () => dataNeverCrashes(runs * 4));

test('no tree makes a kind of artifact crash', { timeout }, () => {
  treesNeverCrash(sampleTrees(), Math.ceil(runs / 4));
});
