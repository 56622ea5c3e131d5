import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    return { out: { info: {}, images: new Uint8Array(3), labels: new Uint8Array(1) } as never };
  },
});
