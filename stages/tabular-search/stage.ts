import {
  type ArchitectureTable,
  type CostLimit,
  costText,
  type Encoding,
  frontFacts,
  makeStrategy,
  parseEncoding,
  readNasBenchMacro,
  resolveTarget,
  spaceOperators,
  tableCost,
} from '../../src/nas/index.ts';
import type { Inputs, Outputs, Params } from '../../src/schema/generated/stages/tabular-search.ts';
import { defineStage, stageFailure, type Trial } from '../../src/stage/index.ts';
import { mostAccurate, orFail, searchObjectives, searchWith } from '../../src/train/index.ts';
import { readWritten } from './written.ts';

export default defineStage<Params, Inputs, Outputs>({
  async run({ params, files, rng, resume, tick, summary }) {
    const table = await tableOf(params, files);
    const limit = limitOf(params, table);
    const { strategy: spec, evaluations } = params;
    const { space } = table;
    if (spec.kind === 'netadapt' && spec.start !== null) orFail(parseEncoding(space, spec.start));
    const operators = spaceOperators(space, limit);
    const model = limit?.cost ?? tableCost(table, 'macs')!;
    const strategy = makeStrategy(spec, {
      space,
      operators,
      cost: model,
      ...(limit && { limit: limit.value }),
      evaluations,
      rng: rng.fork('parameters'),
    });
    const costs = {
      model,
      of: (encoding: Encoding) => table.at(encoding).costs,
      ...(limit ? { target: limit.value } : {}),
    };
    const objectives = searchObjectives(spec, costs);
    const trials = await searchWith({
      strategy,
      evaluations,
      evaluate: async (encoding) => ({ accuracy: { value: table.at(encoding).accuracy, ...table.accuracy } }),
      costs,
      ...(objectives && { objectives }),
      origin: originOf(spec.kind),
      phaseAt: () => 'search',
      under: {},
      rng,
      tick,
      ...(resume ? { resume } : {}),
    });
    const within = trials.filter(({ cost }) => limit === undefined || cost <= limit.value);
    if (within.length === 0) {
      const { cost, unit } = { cost: trials.at(-1)!.cost, unit: model.unit };
      throw stageFailure(
        'too-few-evaluations',
        `${spec.kind} had not come down to the limit after ${evaluations} evaluations (${costText(cost, unit)} of ${costText(limit!.value, unit)}): raise evaluations or strategy.reduction`,
      );
    }
    const best = mostAccurate(within);
    summary({
      accuracy: best.accuracy.value,
      [model.quantity]: best.cost,
      evaluations: trials.length,
      ...strategy.figures?.(),
      ...frontFacts(trials),
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
  const text = new TextDecoder().decode(bytes);
  if (format === 'architectures') return readWritten(text, file);
  const read = readNasBenchMacro(text);
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
    case 'netadapt':
      return 'netadapt';
    case 'lstm-controller':
    case 'factorised-controller':
    case 'ppo':
      return 'controller';
  }
}
