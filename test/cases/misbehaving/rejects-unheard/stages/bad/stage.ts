import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    void Promise.reject(new Error('unheard'));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { out: 1 };
  },
});
