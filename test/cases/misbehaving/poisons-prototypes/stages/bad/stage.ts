import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    Object.defineProperty(Object.prototype, 'evil', { value: 1, enumerable: true });
    return { out: 1 };
  },
});
