import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    await new Promise(() => {});
    return { out: 1 };
  },
});
