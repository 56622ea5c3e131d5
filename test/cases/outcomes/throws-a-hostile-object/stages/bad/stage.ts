import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    throw { get message() { throw new Error('inner'); }, toString() { throw new Error('inner'); } };
  },
});
