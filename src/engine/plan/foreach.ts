import { asDigest } from '../../base/digest.ts';
import { type Failure, fail, ok, type Result } from '../../base/result.ts';
import { type ArtifactKind, type Item, kinds } from '../../kinds/index.ts';
import { idOf } from '../../pipeline/combine.ts';
import type { Foreach, Input, Stage, StageId } from '../../pipeline/pipeline.ts';
import { readFigure } from '../../stage/figure.ts';
import { inputsOf, writtenInput } from '../identity/inputs.ts';
import type { Artifact, Work } from '../identity/prepare.ts';

/** A foreach whose list is known: its stages for every item. */
export interface Expansion {
  /** Item by item, sources first. */
  readonly stages: readonly Stage[];
  /** Stage of the foreach → ids of the stages that it became, in the order of the items. */
  readonly ids: ReadonlyMap<StageId, readonly StageId[]>;
  /** Items of the list, equal ones counted once. */
  readonly of: number;
  readonly taken: number;
}

/** Foreachs whose lists are known, by id. */
export type Expansions = ReadonlyMap<StageId, Expansion>;

/** The items of a foreach, each once, the best first where they are ranked. Ties keep the order of the list. */
function chosen({ by, best, take, items: list }: Foreach, items: readonly Item<unknown>[]) {
  const sign = by === undefined || best === 'lowest' ? 1 : -1;
  const ranked: { readonly item: Item<unknown>; readonly index: number; readonly rank: number }[] = [];
  for (const [index, item] of items.entries()) {
    const place = `item ${index + 1} of ${writtenInput(list)}`;
    const rank = by === undefined ? ok({ value: index }) : readFigure(item.figures, by, place);
    if (!rank.ok) return rank;
    ranked.push({ item, index, rank: sign * rank.value.value });
  }
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
  const distinct = new Map<string, Item<unknown>>();
  for (const { item } of ranked) if (!distinct.has(item.key)) distinct.set(item.key, item);
  return ok({ taken: [...distinct.values()].slice(0, take), of: distinct.size });
}

/** The artifact of the list; nothing when the stage that makes it has not run. */
export async function listOf(
  work: Work,
  foreach: Foreach,
  outputs: Parameters<typeof inputsOf>[2],
): Promise<Result<Artifact | undefined>> {
  const found = await inputsOf(work, { inputs: new Map([['items', foreach.items]]) }, outputs);
  return found.ok ? ok(found.value?.items) : found;
}

/**
 * The stages of a foreach for the items of its list; each item becomes an artifact. Fails with `damaged-list`, `no-list`
 * or `no-figure`.
 */
export async function expandForeach(
  { store }: Work,
  foreach: Foreach,
  list: Artifact,
): Promise<Result<Expansion>> {
  const kind: ArtifactKind<unknown> = kinds[foreach.items.kind];
  const where = writtenInput(foreach.items);
  const opened = await store.objects.open(list.digest);
  const loaded = opened.ok ? kind.load(opened.value.tree) : opened;
  if (!loaded.ok) {
    const message = `${where} cannot be read (${loaded.failures[0]!.message}); run again to make it anew`;
    return fail({ code: 'damaged-list', message });
  }
  if (kind.items === undefined) throw new Error(`internal error: expected a list, got ${kind.kind}`);
  const items = kind.items(loaded.value);
  if (!items.ok) {
    return fail({
      code: 'no-list',
      message: `${foreach.id} goes over the items of ${where}, but it is no array`,
    });
  }
  const found = chosen(foreach, items.value);
  if (!found.ok) return found;
  const { taken, of } = found.value;
  const stages: Stage[] = [];
  const ids = new Map<StageId, StageId[]>([...foreach.stages.keys()].map((id) => [id, []]));
  for (const [index, { value }] of taken.entries()) {
    const { digest } = await store.objects.put(kind.kind, kind.version, kind.save(value));
    const written = `item ${index + 1} of ${where}`;
    const idFor = ({ name, cell }: Stage): StageId =>
      idOf(name, { ...cell, [foreach.name]: String(index + 1) });
    for (const [id, stage] of foreach.stages) {
      const inputs = [...stage.inputs].map(([port, input]): [string, Input] => {
        if (input.from === 'item') {
          const { kind: of, at } = input;
          return [port, { from: 'artifact', digest: asDigest(digest), written, kind: of, at }];
        }
        const inside = input.from === 'stage' ? foreach.stages.get(input.stage) : undefined;
        return [port, inside ? ({ ...input, stage: idFor(inside) } as Input) : input];
      });
      const made = {
        ...stage,
        id: idFor(stage),
        name: `${foreach.name}.${stage.name}`,
        cell: { ...stage.cell, [foreach.name]: String(index + 1) },
        inputs: new Map(inputs),
        after: stage.after.map((source) => {
          const inside = foreach.stages.get(source);
          return inside ? idFor(inside) : source;
        }),
      };
      ids.get(id)!.push(made.id);
      stages.push(made);
    }
  }
  return ok({ stages, ids, of, taken: taken.length });
}

/**
 * A stage with the artifacts of all items in place of what names a foreach; nothing while one of these is not known.
 * Ports that take several are numbered anew.
 */
export function withItems(stage: Stage, expansions: Expansions): Stage | undefined {
  const inputs = new Map<string, Input>();
  const counts = new Map<string, number>();
  for (const [port, input] of stage.inputs) {
    const [name = '', number] = port.split('.');
    if (number === undefined) {
      inputs.set(port, input);
      continue;
    }
    const add = (each: Input): void => {
      const next = 1 + (counts.get(name) ?? 0);
      counts.set(name, next);
      inputs.set(`${name}.${next}`, each);
    };
    if (input.from !== 'each') add(input);
    else {
      const expansion = expansions.get(input.foreach);
      if (expansion === undefined) return undefined;
      const { port: output, kind, at } = input;
      for (const id of expansion.ids.get(input.stage)!)
        add({ from: 'stage', stage: id, port: output, kind, at });
    }
  }
  return { ...stage, inputs };
}

/** The failure of a stage that takes several artifacts and gets none: its foreach has no items. */
export function missingItems({ id, type, inputs }: Stage): Failure | undefined {
  for (const [port, { many, optional }] of Object.entries(type.manifest.inputs)) {
    if (!many || optional || inputs.has(`${port}.1`)) continue;
    return {
      code: 'no-items',
      message: `${id}.${port} takes at least one artifact, but the list has no items`,
    };
  }
  return undefined;
}
