import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    await ctx.tick({ step: 'one' as never, total: NaN, metrics: { loss: Infinity } }, () => ({ state: null, tensors: new Map() }));
    return { out: 1 };
  },
});
