import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    let deep: unknown = 1;
    for (let n = 0; n < 10_000; n++) deep = [deep];
    return { out: deep } as never;
  },
});
