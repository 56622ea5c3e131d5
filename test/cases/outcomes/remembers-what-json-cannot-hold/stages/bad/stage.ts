import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    const value = await ctx.remember({ key: 'x' } as never, async () => ({ loss: NaN }));
    return { out: value as never };
  },
});
