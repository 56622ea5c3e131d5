import { defineStage } from 'naspipe/stage';
await new Promise(() => {});
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: 1 };
  },
});
