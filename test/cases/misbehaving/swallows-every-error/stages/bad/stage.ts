import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', () => {});
    setTimeout(() => { throw new Error('late'); }, 5);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return { out: 1 };
  },
});
