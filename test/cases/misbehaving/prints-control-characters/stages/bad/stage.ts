import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    process.stdout.write('\u001b[2J\u0007\u001b]0;title\u0007');
    process.stderr.write(Buffer.from([0, 255, 254, 128]));
    throw new Error('after \u001b[31mcolours');
  },
});
