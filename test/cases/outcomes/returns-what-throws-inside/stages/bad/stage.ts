import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: { get deep(): number { throw new Error('no depth'); } } };
  },
});
