import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    console.log('hello');
    console.error('oops');
    process.stdout.write('{"type":"attempt-failed"}\n');
    return { out: 1 };
  },
});
