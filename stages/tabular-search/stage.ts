import {
  type ArchitectureTable,
  type CostLimit,
  makeStrategy,
  readTable,
  resolveTarget,
  spaceOperators,
  tableCost,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/tabular-search.ts';
import { defineStage, stageFailure, type Trial } from '../../src/stage/index.ts';
import { mostAccurate, orFail, searchWith } from '../../src/train/index.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, files, rng, resume, tick, summary }) {
    const table = await tableOf(params, files);
    const limit = limitOf(params, table);
    const { strategy: spec, evaluations } = params;
    const { space } = table;
    const operators = spaceOperators(space, limit);
    const model = limit?.cost ?? tableCost(table, 'macs')!;
    const strategy = makeStrategy(spec, {
      space,
      operators,
      evaluations,
      rng: rng.fork('parameters'),
    });
    const trials = await searchWith({
      strategy,
      evaluations,
      evaluate: async (encoding) => ({ accuracy: { value: table.at(encoding).accuracy, ...table.accuracy } }),
      costs: {
        model,
        of: (encoding) => table.at(encoding).costs,
        ...(limit ? { target: limit.value } : {}),
      },
      origin: originOf(spec.kind),
      phaseAt: () => 'search',
      under: {},
      rng,
      tick,
      ...(resume ? { resume } : {}),
    });
    const best = mostAccurate(trials);
    summary({
      accuracy: best.accuracy.value,
      [model.quantity]: best.cost,
      evaluations,
      ...strategy.figures?.(),
    });
    return { trials, best: [best] };
  },
});

async function tableOf(
  { table: file, format }: Params,
  files: { read(path: string): Promise<Uint8Array | undefined> },
): Promise<ArchitectureTable> {
  const bytes = await files.read(file);
  if (bytes === undefined) throw stageFailure('missing-file', `there is no file ${file}`);
  const read = readTable(new TextDecoder().decode(bytes), format);
  if (read.ok) return read.value;
  const { code, message } = read.failures[0]!;
  throw stageFailure(code, `${file} (${format}): ${message}`);
}

function limitOf({ limit, table: file }: Params, table: ArchitectureTable): CostLimit | undefined {
  if (limit === null) return undefined;
  const { quantity, fraction, value } = limit;
  const cost = tableCost(table, quantity);
  if (cost === undefined) {
    throw stageFailure('no-latency', `the limit is a latency, but not every row of ${file} has one`);
  }
  return {
    cost,
    value: orFail(resolveTarget(cost, fraction === undefined ? { value: value! } : { fraction }, 'limit')),
  };
}

function originOf(kind: Params['strategy']['kind']): Trial['origin'] {
  switch (kind) {
    case 'random':
      return 'random';
    case 'aging-evolution':
    case 'evolution':
    case 'constrained-evolution':
    case 'predictor-evolution':
    case 'nsga2':
      return 'evolution';
    case 'lstm-controller':
    case 'factorised-controller':
    case 'ppo':
      return 'controller';
  }
}
