import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    process.stdout.write('x'.repeat(5_000_000));
    return { out: 1 };
  },
});
