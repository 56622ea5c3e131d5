import { defineStage } from 'naspipe/stage';
setInterval(() => {}, 1000);
await new Promise(() => {});
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: 1 };
  },
});
