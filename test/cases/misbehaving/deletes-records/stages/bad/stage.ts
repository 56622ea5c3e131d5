import { defineStage } from 'naspipe/stage';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const store = fileURLToPath(new URL('../../..', import.meta.url));

export default defineStage<{}, { a: 'json' }, { out: 'json' }>({
  async run(ctx) {
    fs.rmSync(path.join(store, 'records'), { recursive: true });
    return { out: 'two' };
  },
});
