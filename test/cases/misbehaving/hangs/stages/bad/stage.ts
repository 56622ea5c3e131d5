import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run() {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); // as `for (;;);` does, without the heat
    return { out: 1 };
  },
});
