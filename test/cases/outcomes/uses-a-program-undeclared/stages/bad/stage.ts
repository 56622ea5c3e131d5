import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    await ctx.program({ words: ['true'], environment: [], variables: {} });
    return { out: 1 };
  },
});
