import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return JSON.parse('{"out":1,"__proto__":2}') as never;
  },
});
