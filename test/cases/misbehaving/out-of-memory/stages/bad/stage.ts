import { defineStage } from 'naspipe/stage';
import * as v8 from 'node:v8';
export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    v8.setFlagsFromString('--max-old-space-size=40');
    const all: unknown[] = [];
    for (;;) all.push(new Array(10_000).fill(all.length));
  },
});
