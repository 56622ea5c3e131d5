import { defineStage } from 'naspipe/stage';
import * as fs from 'node:fs';
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    for (const descriptor of [0, 1, 2]) fs.closeSync(descriptor);
    return { out: 1 };
  },
});
