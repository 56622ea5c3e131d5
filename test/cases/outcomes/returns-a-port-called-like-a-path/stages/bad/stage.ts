import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: 1, '../../evil': 2 } as never;
  },
});
