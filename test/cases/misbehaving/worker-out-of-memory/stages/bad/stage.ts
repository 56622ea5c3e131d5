import { Worker } from 'node:worker_threads';
import { defineStage } from 'naspipe/stage';

const fill = 'const all = []; for (;;) all.push(new Array(10_000).fill(all.length));';

export default defineStage<{}, {}, { out: 'json' }>({
  async run() {
    new Worker(fill, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } });
    await new Promise((resolve) => setTimeout(resolve, 30_000));
    return { out: 1 };
  },
});
