import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    throw new AggregateError([new Error('a'), new Error('b')], 'two things');
  },
});
