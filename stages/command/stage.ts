import type { Params } from '../../src/schema/generated/stages/command.ts';
import { defineStage } from '../../src/stage/index.ts';

export default defineStage<Params, object, object>({
  run: ({ params, program }) =>
    program({
      words: params.run,
      environment: params.environment,
      variables: params.variables as Readonly<Record<string, string>>,
    }),
});
