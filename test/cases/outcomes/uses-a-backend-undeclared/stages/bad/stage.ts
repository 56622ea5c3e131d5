import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    await ctx.backend();
    return { out: 1 };
  },
});
