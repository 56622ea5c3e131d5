import { type Digest, isDigest } from '../../base/digest.ts';
import { fail, ok, type Result } from '../../base/result.ts';
import { type ArtifactKind, isKind, kinds, partOf } from '../../kinds/index.ts';
import type { Stage } from '../../pipeline/pipeline.ts';
import type { Store } from '../../store/index.ts';

/** An artifact in the store. */
export interface Artifact {
  readonly kind: string;
  readonly digest: string;
}

/** An artifact as an input. */
export interface InputArtifact extends Artifact {
  /** What of it matters to the stage, where that is not all of it. */
  readonly essence?: { readonly name: string; readonly digest: string };
}

/** Port → artifact. */
export type InputArtifacts = { readonly [port: string]: InputArtifact };

/**
 * Digest of the part of an artifact that an essence names; the artifact is read once in the life of a store. Fails with
 * `input-unreadable`, or as opening an object does, when the artifact is not whole.
 */
async function essenceOf(store: Store, { kind, digest }: Artifact, name: string): Promise<Result<Digest>> {
  const of: ArtifactKind<unknown> | undefined = isKind(kind) ? kinds[kind] : undefined;
  const version = of?.essences?.[name]?.version;
  const kept = `essence/${digest}-${name}-${version}.json`;
  const known = await store.cache.find<{ readonly part: string }>(kept);
  if (known !== undefined && isDigest(known.part)) return ok(known.part);
  const opened = await store.objects.open(digest);
  if (!opened.ok) return opened;
  const loaded = of?.load(opened.value.tree);
  const part = loaded?.ok ? partOf(of as ArtifactKind<never>, name, loaded.value) : undefined;
  if (part === undefined) {
    const message = `artifact ${digest.slice(0, 12)} cannot be read as ${kind}, of which only its ${name} matters`;
    return fail({ code: 'input-unreadable', message });
  }
  await store.cache.keep(kept, { part: part.digest });
  return ok(part.digest);
}

/** The inputs of a stage, with the digest of what matters where its type asks for no more. */
export async function essentialInputs(
  store: Store,
  { type }: Stage,
  inputs: InputArtifacts,
): Promise<Result<InputArtifacts>> {
  const found: { [port: string]: InputArtifact } = {};
  for (const [port, artifact] of Object.entries(inputs)) {
    const name = type.manifest.inputs[port.split('.')[0]!]?.essence;
    const digest = name === undefined ? undefined : await essenceOf(store, artifact, name);
    if (digest?.ok === false) return digest;
    found[port] = name === undefined ? artifact : { ...artifact, essence: { name, digest: digest!.value } };
  }
  return ok(found);
}
