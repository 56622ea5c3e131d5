import { defineStage } from 'naspipe/stage';

export default defineStage<{}, { a: 'json' }, { out: 'json' }>({
  async run(ctx) {
    (ctx as { inputs: unknown }).inputs = { a: 7 };
    (ctx as { params: unknown }).params = { a: 7 };
    return { out: ctx.inputs.a };
  },
});
