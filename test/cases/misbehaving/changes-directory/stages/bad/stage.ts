import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    process.chdir('/');
    return { out: 1 };
  },
});
