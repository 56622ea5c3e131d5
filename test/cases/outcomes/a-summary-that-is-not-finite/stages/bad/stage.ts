import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    ctx.summary({ loss: NaN });
    return { out: 1 };
  },
});
