import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    setTimeout(() => { throw new Error('late'); }, 10);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { out: 1 };
  },
});
