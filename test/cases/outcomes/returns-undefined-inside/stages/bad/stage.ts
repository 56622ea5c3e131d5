import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: { a: undefined } } as never;
  },
});
