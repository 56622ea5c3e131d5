import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    setInterval(() => {}, 1000);
    (await import('node:net')).createServer().listen(0);
    return { out: 1 };
  },
});
