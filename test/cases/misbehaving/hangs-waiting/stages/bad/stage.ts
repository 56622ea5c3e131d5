import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    setInterval(() => {}, 1000);
    await new Promise(() => {});
    return { out: 1 };
  },
});
