import { defineStage } from 'naspipe/stage';
process.exit(0);
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: 1 };
  },
});
