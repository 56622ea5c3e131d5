import { defineStage } from 'naspipe/stage';

export default defineStage<{ value: number }, {}, { number: 'json' }>({
  async run({ params }) {
    return { number: params.value };
  },
});
