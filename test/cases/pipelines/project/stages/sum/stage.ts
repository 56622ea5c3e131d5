import { defineStage } from 'naspipe/stage';

export default defineStage<{ times: number }, { a: 'json'; b?: 'json' }, { total: 'json'; parts: 'json' }>({
  async run({ params, inputs }) {
    const parts = [Number(inputs.a), Number(inputs.b ?? 0)];
    return { total: (parts[0]! + parts[1]!) * params.times, parts };
  },
});
