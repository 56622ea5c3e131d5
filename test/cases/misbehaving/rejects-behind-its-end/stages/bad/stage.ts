import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    setTimeout(() => { throw new Error('too late'); }, 60_000);
    return { out: 1 };
  },
});
