import { defineStage } from 'naspipe/stage';
import { Worker } from 'node:worker_threads';
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    new Worker('setInterval(() => {}, 1000)', { eval: true });
    return { out: 1 };
  },
});
