import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    const circle: any = {};
    circle.self = circle;
    return { out: circle };
  },
});
