import type { Failure, Result } from '../base/result.ts';
import type { AttemptRequest } from '../schema/generated/attempt-request.ts';
import type { CommitRequest, Journal, Objects } from '../store/index.ts';
import { Failed } from './failure.ts';

/** What an attempt needs of an artifact kind (src/kinds). */
export interface AttemptKind {
  readonly version: number;
  check(value: unknown): Result<unknown>;
  save(value: never): ReadonlyMap<string, Uint8Array>;
  load(tree: ReadonlyMap<string, Uint8Array>): Result<unknown>;
}

/** The part of an artifact that an essence of its kind names, and its digest; nothing when there is no such essence. */
export type FindPart = (
  kind: string,
  essence: string,
  value: unknown,
) => { readonly value: unknown; readonly digest: string } | undefined;

/** The kind of a name; nothing when there is none. */
export type FindKind = (name: string) => AttemptKind | undefined;

const sentences = (failures: readonly Failure[]): string => failures.map(({ message }) => message).join('; ');

function kindNamed(find: FindKind, name: string): AttemptKind {
  const kind = find(name);
  if (!kind) throw new Failed({ code: 'unknown-kind', message: `there is no artifact kind "${name}"` });
  return kind;
}

/**
 * Opens an attempt's inputs, every byte checked; of an input of which only a part matters, that part; those of a port
 * that takes several as a list. Fails with `input-damaged` or `input-missing` (its stage must run
 * again), `kind-mismatch`, or `input-unreadable`.
 */
export async function loadInputs(
  objects: Objects,
  { findKind: find, findPart }: { readonly findKind: FindKind; readonly findPart: FindPart },
  inputs: AttemptRequest['inputs'],
  journal: Journal,
): Promise<{ [port: string]: unknown }> {
  const values: { [port: string]: unknown } = {};
  /** Ports that take several: `candidates.1`, `candidates.2`. */
  const several = new Map<string, Map<number, unknown>>();
  for (const [port, input] of Object.entries(inputs)) {
    const { kind, digest, essence } = input!;
    const opened = await objects.open(digest);
    if (!opened.ok) {
      const [failure] = opened.failures;
      for (const { what, why } of failure!.damage)
        journal.write({ type: 'damage-found', what: `${what}: ${why}` });
      const code = failure!.code === 'artifact-damaged' ? 'input-damaged' : 'input-missing';
      throw new Failed({ code, message: `input ${port}: ${failure!.message}; run again to make it anew` });
    }
    for (const { what, why } of opened.value.damage)
      journal.write({ type: 'damage-found', what: `${what}: ${why}` });
    if (opened.value.kind !== kind) {
      const message = `input ${port} wants ${kind}, but the artifact is of kind ${opened.value.kind}`;
      throw new Failed({ code: 'kind-mismatch', message });
    }
    const loaded = kindNamed(find, kind).load(opened.value.tree);
    if (!loaded.ok) {
      const message = `input ${port} cannot be read as ${kind}: ${sentences(loaded.failures)}`;
      throw new Failed({ code: 'input-unreadable', message });
    }
    let value = loaded.value;
    if (essence !== undefined) {
      const part = findPart(kind, essence.name, loaded.value);
      if (part?.digest !== essence.digest) {
        const message = `internal error: expected the ${essence.name} of input ${port} to be ${essence.digest}, got ${part?.digest}`;
        throw new Error(message);
      }
      value = part.value;
    }
    const [name = '', number] = port.split('.');
    if (number === undefined) values[port] = value;
    else several.set(name, (several.get(name) ?? new Map()).set(Number(number), value));
  }
  for (const [name, list] of several) {
    values[name] = [...list].sort(([a], [b]) => a - b).map(([, value]) => value);
  }
  return values;
}

/** An output from its files. Fails with `wrong-output` when they are not those of its kind. */
export function loadOutput(
  find: FindKind,
  port: string,
  kind: string,
  tree: ReadonlyMap<string, Uint8Array>,
): unknown {
  const loaded = kindNamed(find, kind).load(tree);
  if (loaded.ok) return loaded.value;
  const message = `output ${port} is not of kind ${kind}: ${sentences(loaded.failures)}`;
  throw new Failed({ code: 'wrong-output', message });
}

/**
 * The files of what a stage returned. Fails with `wrong-outputs` when ports are missing or unknown, `wrong-output` when
 * a value is not of its port's kind.
 */
export function saveOutputs(
  find: FindKind,
  outputs: AttemptRequest['outputs'],
  returned: unknown,
): CommitRequest['outputs'] {
  if (typeof returned !== 'object' || returned === null || Array.isArray(returned)) {
    const ports = Object.keys(outputs).join(', ');
    throw new Failed({
      code: 'wrong-outputs',
      message: `the stage must return an object of ports (${ports})`,
    });
  }
  const values = returned as { readonly [port: string]: unknown };
  const problems = [
    ...Object.keys(values)
      .filter((port) => !Object.hasOwn(outputs, port))
      .map((port) => `its schema declares no output "${port}"`),
    ...Object.entries(outputs)
      .filter(([port, output]) => values[port] === undefined && !output!.optional)
      .map(([port]) => `it returned nothing for output "${port}"`),
  ];
  if (problems.length > 0) throw new Failed({ code: 'wrong-outputs', message: problems.join('; ') });

  const saved: { [port: string]: CommitRequest['outputs'][string] } = {};
  for (const [port, output] of Object.entries(outputs)) {
    const value = values[port];
    if (value === undefined) continue;
    const kind = kindNamed(find, output!.kind);
    const checked = kind.check(value);
    if (!checked.ok) {
      const message = `output ${port} is not of kind ${output!.kind}: ${sentences(checked.failures)}`;
      throw new Failed({ code: 'wrong-output', message });
    }
    saved[port] = { kind: output!.kind, kindVersion: kind.version, tree: kind.save(checked.value as never) };
  }
  return saved;
}
