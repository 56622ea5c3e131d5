import { problems } from '../schema/catalogue.ts';
import { type JsonDocument, keySpan, type Pointer, pointerOf, valueSpan } from '../schema/document.ts';
import type { Problem } from '../schema/problem.ts';
import { placeOf, type Span } from '../schema/source.ts';
import { figuresOfItems, listKinds } from '../stage/artifacts.ts';
import type { Kind } from '../stage/contract.ts';
import { withDeclaredPorts } from '../stage/declared-ports.ts';
import type { StageType } from '../stage/discovery.ts';
import type { Port } from '../stage/manifest.ts';
import type { Input } from './pipeline.ts';
import { type Outputs, resolveReference, type Scope } from './references.ts';

export type Loose = { readonly [key: string]: unknown };
export const isObject = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A stage as it is written. */
export interface WrittenStage {
  readonly id: string;
  readonly pointer: Pointer;
  readonly value: Loose;
  /** Undefined when there is no such type. */
  readonly type: StageType | undefined;
  /** The foreach that it is in. */
  readonly foreach?: string;
}

/** A foreach as it is written. */
export interface WrittenForeach {
  readonly id: string;
  readonly pointer: Pointer;
  readonly value: Loose;
  /** Ids of the stages inside it. */
  readonly stages: readonly string[];
}

/** Where the inputs of a stage come from. */
export interface Wired {
  readonly inputs: ReadonlyMap<string, Input>;
  readonly problems: readonly Problem[];
}

/** The list that a foreach goes over. */
export interface WiredItems {
  readonly input?: Input;
  readonly problems: readonly Problem[];
}

/** Where what an input names is written: the name alone of `{"file": …}` and `{"artifact": …}`. */
const placeOfReference = (document: JsonDocument, pointer: Pointer, reference: unknown): Span =>
  valueSpan(
    document,
    isObject(reference) ? pointer + pointerOf(Object.keys(reference).slice(0, 1)) : pointer,
  );

const itemsPort = { kind: 'any', many: false } as const;

/** Resolves the inputs of all stages of a pipeline; each is resolved once, when it is first needed. */
export class Wiring {
  readonly stages = new Map<string, WrittenStage>();
  readonly foreachs = new Map<string, WrittenForeach>();
  /** Names that are used twice, or mean something else. */
  readonly problems: Problem[] = [];
  readonly #document: JsonDocument;
  readonly #directory: string;
  readonly #wired = new Map<string, Wired>();
  readonly #items = new Map<string, WiredItems>();
  /** Stages whose kinds are being found: in a circle of stages they stay unknown. */
  readonly #asked = new Set<string>();
  readonly #scopes = new Map<string | undefined, Scope>();

  constructor(document: JsonDocument, directory: string, types: ReadonlyMap<string, StageType>) {
    this.#document = document;
    this.#directory = directory;
    const written = isObject(document.value) ? document.value.stages : undefined;
    const typeOf = ({ type: name, params }: Loose): StageType | undefined => {
      const type = typeof name === 'string' ? types.get(name) : undefined;
      return type && { ...type, manifest: withDeclaredPorts(type.manifest, params) };
    };
    const each = isObject(written) ? Object.entries(written) : [];
    const inner: [Pointer, WrittenForeach][] = [];
    for (const [id, value] of each) {
      const pointer = pointerOf(['stages', id]);
      if (!isObject(value)) this.stages.set(id, { id, pointer, value: {}, type: undefined });
      else if (value.type === 'foreach') {
        const stages = isObject(value.stages) ? Object.keys(value.stages) : [];
        const foreach = { id, pointer, value, stages };
        this.foreachs.set(id, foreach);
        inner.push([`${pointer}/stages`, foreach]);
      } else this.stages.set(id, { id, pointer, value, type: typeOf(value) });
    }
    for (const [below, { id: foreach, value, stages }] of inner) {
      for (const id of stages) {
        const pointer = below + pointerOf([id]);
        const stage = (value.stages as Loose)[id];
        const other = this.stages.get(id) ?? this.foreachs.get(id);
        if (id === 'item') this.problems.push(problems.reservedName(keySpan(document, pointer), id));
        else if (other !== undefined) {
          const { line } = placeOf(keySpan(document, other.pointer));
          this.problems.push(problems.repeatedName(keySpan(document, pointer), id, line));
        } else if (isObject(stage) && stage.type === 'foreach') {
          this.problems.push(problems.nestedForeach(valueSpan(document, `${pointer}/type`)));
        } else {
          const own = isObject(stage) ? stage : {};
          this.stages.set(id, { id, pointer, value: own, type: typeOf(own), foreach });
        }
      }
    }
  }

  /** Where the inputs of a stage come from, in the order of its manifest. */
  wired(id: string): Wired {
    const known = this.#wired.get(id);
    if (known !== undefined) return known;
    const { type, value, pointer, foreach } = this.stages.get(id)!;
    const inputs = new Map<string, Input>();
    const found: Problem[] = [];
    const written = isObject(value.inputs) ? value.inputs : {};
    if (type?.manifest.ports === 'declared') found.push(...this.#undeclared(id, type, pointer, written));
    for (const [port, wanted] of Object.entries(type?.manifest.inputs ?? {})) {
      if (!Object.hasOwn(written, port)) continue;
      const at = pointer + pointerOf(['inputs', port]);
      const asking = { stage: id, port, wanted, scope: this.#scope(foreach) };
      for (const [name, input] of this.#port(at, written[port], asking, found)) inputs.set(name, input);
    }
    const result = { inputs, problems: found };
    this.#wired.set(id, result);
    return result;
  }

  /** Where the list of a foreach comes from. */
  items(id: string): WiredItems {
    const known = this.#items.get(id);
    if (known !== undefined) return known;
    const { pointer, value } = this.foreachs.get(id)!;
    const at = placeOfReference(this.#document, `${pointer}/items`, value.items);
    const asking = {
      stage: id,
      port: 'items',
      at,
      directory: this.#directory,
      scope: this.#scope(undefined),
    };
    const brought = isObject(value.items);
    // a file or an artifact says nothing of its kind: a list that is brought is JSON
    const wanted = brought ? ({ kind: 'json', many: false } as const) : itemsPort;
    const found = resolveReference(value.items, { ...asking, wanted });
    let result: WiredItems;
    if (!found.ok) result = { problems: found.failures };
    else if (found.value === undefined) result = { problems: [] };
    else if (!(listKinds as readonly Kind[]).includes(found.value.kind)) {
      result = { problems: [problems.notItems(at, found.value.kind, listKinds)] };
    } else result = { input: found.value, problems: this.#unranked(id, found.value.kind) };
    this.#items.set(id, result);
    return result;
  }

  /** Where the items of a foreach have no such number as it ranks by, or are not ranked and yet some are best. */
  #unranked(id: string, kind: Kind): Problem[] {
    const { pointer, value } = this.foreachs.get(id)!;
    const known = figuresOfItems[kind];
    if (typeof value.by !== 'string') {
      const best = `${pointer}/best`;
      return this.#document.written().has(best)
        ? [problems.unranked(keySpan(this.#document, best), id, known)]
        : [];
    }
    if (known === undefined || known.includes(value.by)) return [];
    const at = valueSpan(this.#document, `${pointer}/by`);
    return [problems.unknownName(at, `an item of ${kind}`, 'figure', value.by, known)];
  }

  /** Port → kind of what a stage gives; undefined when its type is unknown. */
  outputs(id: string): Outputs | undefined {
    const { type } = this.stages.get(id)!;
    if (type === undefined) return undefined;
    const circular = this.#asked.has(id);
    this.#asked.add(id);
    const kindOf = ({ kind, like }: Port): Kind | undefined => {
      if (like === undefined) return kind as Kind;
      if (circular) return undefined;
      const { inputs } = this.wired(id);
      return (inputs.get(like) ?? inputs.get(`${like}.1`))?.kind;
    };
    const kinds = Object.entries(type.manifest.outputs).map(([port, of]) => [port, kindOf(of)] as const);
    if (!circular) this.#asked.delete(id);
    return { kinds: Object.fromEntries(kinds), declaredAt: `stages/${type.name}` };
  }

  /** Where the wiring of a stage is not what its params declare; for other types the schema says so. */
  *#undeclared(
    id: string,
    { name, manifest }: StageType,
    pointer: Pointer,
    written: Loose,
  ): Generator<Problem> {
    const declared = Object.keys(manifest.inputs);
    for (const port of Object.keys(written).filter((each) => !declared.includes(each))) {
      const at = keySpan(this.#document, pointer + pointerOf(['inputs', port]));
      yield problems.unknownName(at, `params.inputs of ${id}`, 'input', port, declared);
    }
    for (const port of declared.filter((each) => !Object.hasOwn(written, each))) {
      const at = keySpan(this.#document, pointer + pointerOf(['params', 'inputs', port]));
      yield problems.missingName(at, `this stage of type ${name}`, 'input', port);
    }
  }

  #scope(foreach: string | undefined): Scope {
    const known = this.#scopes.get(foreach);
    if (known !== undefined) return known;
    const all = [...this.stages.values()];
    const items = (): Kind | undefined =>
      foreach === undefined ? undefined : this.items(foreach).input?.kind;
    const outside = all.filter((stage) => stage.foreach === undefined || stage.foreach === foreach);
    const scope: Scope = {
      names: new Set(
        [...outside.map(({ id }) => id), ...this.foreachs.keys()].filter((id) => id !== foreach),
      ),
      outputs: (stage) => this.outputs(stage),
      foreachs: new Map([...this.foreachs.values()].map(({ id, stages }) => [id, stages])),
      inside: new Map(
        all.flatMap((stage) =>
          stage.foreach === undefined || stage.foreach === foreach ? [] : [[stage.id, stage.foreach]],
        ),
      ),
      ...(foreach !== undefined && {
        item: {
          get kind() {
            return items();
          },
        },
      }),
    };
    this.#scopes.set(foreach, scope);
    return scope;
  }

  /** The inputs of one port: one, or `port.1`, `port.2`, … */
  #port(
    at: Pointer,
    reference: unknown,
    asking: { readonly stage: string; readonly port: string; readonly wanted: Port; readonly scope: Scope },
    found: Problem[],
  ): [string, Input][] {
    const { port, wanted, stage } = asking;
    const resolve = (pointer: Pointer, each: unknown): Input | undefined => {
      const place = { at: placeOfReference(this.#document, pointer, each), directory: this.#directory };
      const result = resolveReference(each, { ...asking, ...place });
      if (result.ok) return result.value;
      found.push(...result.failures);
      return undefined;
    };
    if (!wanted.many) {
      if (Array.isArray(reference)) {
        found.push(problems.listForOne(valueSpan(this.#document, at), `${stage}.${port}`));
        return [];
      }
      const input = resolve(at, reference);
      return input === undefined ? [] : [[port, input]];
    }
    const list = Array.isArray(reference)
      ? reference.map((each, index) => [`${at}/${index}`, each] as const)
      : [[at, reference] as const];
    const inputs = list.flatMap(([pointer, each]) => resolve(pointer, each) ?? []);
    for (const { kind, at: place } of inputs.slice(1)) {
      const first = inputs[0]!.kind;
      if (kind !== first) found.push(problems.kindsDiffer(place, `${stage}.${port}`, first, kind));
    }
    return inputs.map((input, index) => [`${port}.${index + 1}`, input]);
  }
}
