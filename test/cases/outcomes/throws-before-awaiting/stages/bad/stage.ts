import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return (() => { throw new RangeError('at once'); })();
  },
});
