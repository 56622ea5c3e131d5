import { defineStage } from 'naspipe/stage';
import { spawn } from 'node:child_process';
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    spawn('sleep', ['3'], { stdio: 'inherit' });
    return { out: 1 };
  },
});
