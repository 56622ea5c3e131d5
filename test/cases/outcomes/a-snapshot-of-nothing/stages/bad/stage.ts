import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    await ctx.tick({ step: 1, total: 2 }, () => undefined as never);
    return { out: 1 };
  },
});
