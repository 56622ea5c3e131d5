import { defineStage } from 'naspipe/stage';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const store = fileURLToPath(new URL('../../..', import.meta.url));

export default defineStage<{}, { a: 'json' }, { out: 'json' }>({
  async run(ctx) {
    const file = path.join(store, 'objects', ctx.inputDigests.a!.slice(0, 2), ctx.inputDigests.a!, 'value.json');
    fs.chmodSync(path.dirname(file), 0o755);
    fs.rmSync(path.dirname(file), { recursive: true });
    return { out: 'two' };
  },
});
