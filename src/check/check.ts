import { type Files, nodeFiles } from '../base/files.ts';
import { isKind, kinds } from '../kinds/index.ts';
import { childNetwork, encodingKey } from '../nas/index.ts';
import { countNetwork } from '../net/index.ts';
import { contentNow, type NamedContent, namedContent, namesOf } from '../report/named-content.ts';
import { divergencesIn, recordOf, storeSource } from '../report/source.ts';
import type { CheckReport, Finding } from '../schema/generated/check.ts';
import type { StageRecord } from '../schema/generated/record.ts';
import type { RunResult, StageResult } from '../schema/generated/run-result.ts';
import type { ArtifactValues, Kind, Trial } from '../stage/index.ts';
import { fingerprintOf, type Store } from '../store/index.ts';
import { close, costDifferences, type DerivedCosts, derivedCosts } from './costs.ts';
import { metricDifferences } from './metrics.ts';
import { derivedReward } from './rewards.ts';

/** A stage with what can be read of it. */
interface Subject {
  readonly id: string;
  readonly stage: StageResult;
  readonly record: StageRecord;
  /** The artifact of a kind that went in or came out; nothing when there is none or it is not whole. */
  input<K extends Kind>(kind: K): Promise<{ value: ArtifactValues[K]; digest: string } | undefined>;
  output<K extends Kind>(kind: K): Promise<ArtifactValues[K] | undefined>;
}

type Part = Omit<Finding, 'stage'>;

/** Most differences that are told of one thing. */
const TOLD = 3;

function verdict(what: string, differences: readonly string[], detail: string): Part {
  if (differences.length === 0) return { what, status: 'agrees', detail };
  const more = differences.length > TOLD ? `; and ${differences.length - TOLD} more` : '';
  return { what, status: 'differs', detail: differences.slice(0, TOLD).join('; ') + more };
}

/**
 * Derives again what the artifacts of a run say of each other: where inputs came from, counts, costs, predicted latencies,
 * rewards, which architecture was chosen, and the metrics of predictions. Reads the store only; trains nothing.
 */
export async function checkRun(
  store: Store,
  result: RunResult,
  files: Files = nodeFiles,
): Promise<CheckReport> {
  const source = storeSource(store);
  const divergence = divergencesIn(store);
  const named = await namedContent(store, result);
  const findings: Finding[] = [];
  const kindOf = new Map<string, string>();
  for (const stage of Object.values(result.stages)) {
    for (const output of Object.values(stage!.outputs)) kindOf.set(output!.digest, output!.kind);
  }
  for (const [id, stage] of Object.entries(result.stages)) {
    if (Object.keys(stage!.outputs).length === 0) continue;
    const add = (part: Part) => findings.push({ stage: id, ...part });
    const record = await recordOf(store, stage!);
    if (record === undefined) {
      add({ what: 'record', status: 'differs', detail: 'no record gives these outputs' });
      continue;
    }
    const subject: Subject = {
      id,
      stage: stage!,
      record,
      async input(kind) {
        const digest = Object.values(stage!.inputs).find(
          (input) => input!.digest !== undefined && kindOf.get(input!.digest) === kind,
        )?.digest;
        const value = digest && (await source.load(kind, digest));
        return value ? { value, digest: digest! } : undefined;
      },
      async output(kind) {
        const output = Object.values(stage!.outputs).find((each) => each!.kind === kind);
        return output && source.load(kind, output.digest);
      },
    };
    add(lineage(result, subject));
    const diverged = await divergence(stage!.fingerprint!);
    if (diverged !== undefined) {
      const detail = `${diverged} should have equal outputs and have not; npx pipe verify --replay ${id} says where`;
      add({ what: 'outputs made again', status: 'differs', detail });
    }
    const outside = named.filter((each) => each.stage === id);
    if (outside.length > 0) add(await contentPart(files, outside));
    add(await wholeness(store, subject));
    for (const part of await derivations(subject)) add(part);
  }
  return { run: result.run, agrees: findings.every(({ status }) => status !== 'differs'), findings };
}

/** The fingerprint is that of the record's pre-image, and each input is what the stage before gave. */
function lineage({ stages }: RunResult, { stage, record }: Subject): Part {
  const differences: string[] = [];
  if (fingerprintOf(record.preimage) !== stage.fingerprint) differences.push('fingerprint');
  for (const [port, { from = '', digest } = {}] of Object.entries(stage.inputs)) {
    const [of = '', output = ''] = from.split('.');
    const given = stages[of]?.outputs[output]?.digest;
    if (given !== undefined && given !== digest) differences.push(`input ${port} is not what ${from} gave`);
  }
  const inputs = Object.keys(stage.inputs).length;
  return verdict('lineage', differences, `fingerprint and ${inputs === 1 ? '1 input' : `${inputs} inputs`}`);
}

/** What params name is no part of a run: whether it is here decides only whether the stage can be run again. */
async function contentPart(files: Files, content: readonly NamedContent[]): Promise<Part> {
  const what = 'what its params name';
  for (const each of content) {
    const state = await contentNow(files, each);
    if (state === 'as it was') continue;
    const is = state === 'changed' ? 'changed since' : `not at ${each.request.path}, and no part of a run`;
    return unchecked(what, `${each.path} is ${is}: the stage cannot be run again`);
  }
  return verdict(what, [], `${namesOf(content)}, as it was`);
}

async function wholeness(store: Store, { stage }: Subject): Promise<Part> {
  const differences: string[] = [];
  const outputs = Object.entries(stage.outputs);
  for (const [port, output] of outputs) {
    const opened = await store.objects.open(output!.digest);
    if (!opened.ok) {
      differences.push(`${port}: ${opened.failures[0]!.message}`);
      continue;
    }
    const { kind, tree } = opened.value;
    if (!isKind(kind)) {
      differences.push(`${port}: there is no kind ${kind}`);
      continue;
    }
    const loaded = kinds[kind].load(tree);
    if (!loaded.ok) differences.push(`${port}: ${loaded.failures[0]!.message}`);
  }
  return verdict('artifacts', differences, outputs.length === 1 ? '1 whole' : `${outputs.length} whole`);
}

/** What follows from what, of the shipped kinds. */
async function derivations(subject: Subject): Promise<Part[]> {
  const parts: Part[] = [];
  const space = await subject.input('search-space');
  const table = await subject.input('latency-table');
  const costs = space && derivedCosts(space.value, space.digest, table?.value);
  const trials = await subject.output('trials');
  if (trials) parts.push(...trialParts(subject, trials, costs));
  const architecture = await subject.output('architecture');
  if (architecture) {
    if (costs) {
      const differences = costDifferences(architecture.costs, costs.of(architecture.encoding));
      parts.push(verdict('costs of the architecture', differences, words(costs)));
    } else parts.push(unchecked('costs of the architecture', 'its space is no input'));
    parts.push(selection(architecture, trials));
  }
  const model = await subject.output('model');
  if (model) parts.push(await modelPart(subject, model));
  const evaluation = await subject.output('evaluation');
  if (evaluation) {
    const images = `${evaluation.labels.length} predictions`;
    parts.push(verdict('accuracy, F1, confusion', metricDifferences(evaluation), images));
    const evaluated = await subject.input('model');
    if (evaluated) {
      const { params, macs } = countNetwork(evaluated.value.network);
      const differences = costDifferences(evaluation.metrics.costs, { params, macs });
      parts.push(verdict('params and MACs', differences, 'counted in network.json'));
    }
  }
  return parts;
}

const unchecked = (what: string, detail: string): Part => ({ what, status: 'unchecked', detail });
const words = ({ models }: DerivedCosts): string =>
  models.latency ? 'params, MACs, predicted latency' : 'params, MACs';

function trialParts({ record }: Subject, trials: readonly Trial[], costs: DerivedCosts | undefined): Part[] {
  if (!costs) return [unchecked('costs of the trials', 'their space is no input')];
  const of = (trial: Trial, found: readonly string[]) => found.map((text) => `trial ${trial.index}: ${text}`);
  const parts = [
    verdict(
      'costs of the trials',
      trials.flatMap((trial) => of(trial, costDifferences(trial.costs, costs.of(trial.encoding)))),
      `${trials.length}: ${words(costs)}`,
    ),
  ];
  const derived = derivedReward(record.preimage.params, costs);
  if (!derived) return [...parts, unchecked('rewards of the trials', 'their cost is not known from here')];
  const differences = trials.flatMap((trial) => {
    const { accuracy, quality = accuracy, cost, target, reward, encoding } = trial;
    const found: string[] = [];
    const agree = (what: string, said: number | undefined, again: number | undefined) => {
      if (said === undefined && again === undefined) return;
      if (said === undefined || again === undefined || !close(said, again)) {
        found.push(`${what} ${said}, derived ${again}`);
      }
    };
    agree('cost', cost, derived.cost(encoding));
    agree('target', target, derived.target);
    if (reward !== undefined && derived.reward) {
      agree('reward', reward, derived.reward(quality.value, derived.cost(encoding)));
    }
    return of(trial, found);
  });
  const what = derived.reward ? 'rewards of the trials' : 'targets of the trials';
  return [...parts, verdict(what, differences, `${trials.length}, from accuracy, cost and target`)];
}

/** The architecture that a search gave is the best of its trials: by reward of those to derive it from, else by accuracy. */
function selection(
  { encoding, accuracy }: ArtifactValues['architecture'],
  trials: readonly Trial[] | undefined,
): Part {
  const what = 'choice of the architecture';
  if (!trials || trials.length === 0)
    return unchecked(what, 'the trials that it was chosen from were not kept');
  const derive = trials.filter(({ phase }) => phase === 'derive');
  const among = derive.length > 0 ? derive : trials;
  const worth = ({ reward, accuracy: of }: Trial): number => reward ?? of.value;
  const best = Math.max(...among.map(worth));
  const chosen = among.filter((trial) => encodingKey(trial.encoding) === encodingKey(encoding));
  const differences =
    chosen.length === 0
      ? ['it is none of the trials']
      : Math.max(...chosen.map(worth)) < best
        ? [`it has ${Math.max(...chosen.map(worth))}, the best trial ${best}`]
        : chosen.every(({ accuracy: of }) => of.value !== accuracy?.value)
          ? [`accuracy ${accuracy?.value}, its trial ${chosen[0]!.accuracy.value}`]
          : [];
  const by = among[0]!.reward === undefined ? 'accuracy' : 'reward';
  return verdict(what, differences, `best of ${among.length} by ${by}`);
}

/** A trained network has the counts of the architecture that it was made from. */
async function modelPart(subject: Subject, { network }: ArtifactValues['model']): Promise<Part> {
  const what = 'network of the model';
  const [space, architecture] = [await subject.input('search-space'), await subject.input('architecture')];
  if (!space || !architecture) return unchecked(what, 'it was not made from an architecture');
  const wanted = countNetwork(childNetwork(space.value, architecture.value.encoding));
  const { params, macs } = countNetwork(network);
  const differences = costDifferences({ params, macs }, { params: wanted.params, macs: wanted.macs });
  return verdict(what, differences, 'params and MACs of its architecture');
}
