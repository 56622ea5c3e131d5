import { defineStage } from 'naspipe/stage';

export default defineStage<{}, {}, { out: 'json' }>({
  async run(ctx) {
    const read = await Promise.all(['/etc/passwd', '../../etc/passwd', 'package.json', ''].map((file) => ctx.files.read(file)));
    return { out: read.map((bytes) => bytes === undefined) };
  },
});
