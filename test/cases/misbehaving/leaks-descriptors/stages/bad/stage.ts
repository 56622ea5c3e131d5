import { defineStage } from 'naspipe/stage';
import * as fs from 'node:fs';
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    for (let n = 0; n < 500; n++) fs.openSync('/dev/null', 'r');
    return { out: 1 };
  },
});
