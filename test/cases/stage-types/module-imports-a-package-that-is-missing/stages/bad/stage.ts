import x from 'no-such-package-at-all';
import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: x };
  },
});
