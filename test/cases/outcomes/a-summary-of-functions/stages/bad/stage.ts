import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    ctx.summary({ loss: (() => 1) as never });
    return { out: 1 };
  },
});
