import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    ctx.summary({ note: '\u001b[31mred' });
    ctx.note('\u001b[2Jgone');
    return { out: 1 };
  },
});
