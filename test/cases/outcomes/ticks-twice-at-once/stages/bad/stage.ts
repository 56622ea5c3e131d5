import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    const now = { step: 1, total: 2 };
    const snapshot = () => ({ state: null, tensors: new Map() });
    await Promise.all([ctx.tick(now, snapshot), ctx.tick(now, snapshot)]);
    return { out: 1 };
  },
});
