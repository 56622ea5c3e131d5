import type { Digest } from '../../base/digest.ts';
import { numericsVersion } from '../../net/backend.ts';
import type { Stage } from '../../pipeline/pipeline.ts';
import type { FieldChange } from '../../schema/generated/plan.ts';
import type { Origin, Preimage } from '../../schema/generated/record.ts';
import type { DeviceInfo } from '../../stage/contract.ts';
import type { Content } from './content.ts';

/** Version of the structure of pre-images. */
export const preimageSchema = 1;

export interface PreimageParts {
  readonly stage: Stage;
  readonly codeDigest: Digest;
  readonly content: Content;
  readonly seed: number;
  /** Port → content digest, or digest of what of the content matters. */
  readonly inputs: { readonly [port: string]: string };
  /** Present for a stage type that measures. */
  readonly device?: DeviceInfo;
  /** Present for a stage that was branched from a checkpoint of another. */
  readonly origin?: Origin;
}

/**
 * Everything that may affect a stage's outputs, and nothing else: not the stage's id, not the pipeline's name, no path,
 * time, host or description. Its digest is the fingerprint.
 */
export function preimageOf({
  stage,
  codeDigest,
  content,
  seed,
  inputs,
  device,
  origin,
}: PreimageParts): Preimage {
  const { type } = stage;
  const { version, random, needs } = type.manifest;
  return {
    schema: preimageSchema,
    stageType: type.name,
    version,
    codeDigest,
    params: content.params as Preimage['params'],
    ...(random && { seed }),
    inputs,
    ...(Object.keys(content.digests).length > 0 && { content: content.digests }),
    ...(needs.backend && { numericsVersion }),
    ...(device !== undefined && { device }),
    ...(origin !== undefined && { origin }),
  };
}

type Flat = Map<string, string>;

/** `step 1200 of 8f3a12c4` */
const originText = ({ step, fingerprint, checkpoint }: Origin): string =>
  `step ${step} of ${fingerprint.slice(0, 8)} (checkpoint ${checkpoint.slice(0, 8)})`;

function flatten(value: unknown, path: string, into: Flat): Flat {
  if (path === 'origin' && value !== undefined) into.set(path, originText(value as Origin));
  else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, of] of Object.entries(value)) flatten(of, path === '' ? key : `${path}.${key}`, into);
  } else into.set(path, JSON.stringify(value));
  return into;
}

const sources = (from: Files, to: Files): string[] =>
  [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((file) => from[file] !== to[file]).sort();

/** Packages whose version differs. */
const packageChanges = (from: Files, to: Files): NonNullable<FieldChange['packages']> =>
  sources(from, to).map((name) => ({
    name,
    ...(from[name] !== undefined && { from: from[name] }),
    ...(to[name] !== undefined && { to: to[name] }),
  }));

/** Source file → digest, or package → version, of the code of one side. */
type Files = { readonly [file: string]: string | undefined };

/** A pre-image with the source files of its code. */
export interface Side {
  readonly preimage: Partial<Preimage>;
  readonly sources: Files;
  readonly packages: Files;
}

/**
 * The fields in which `to` differs from `from`, in the order of the pre-image; a changed code names its files and
 * packages.
 */
export function preimageChanges(from: Side, to: Side): FieldChange[] {
  const before = flatten(from.preimage, '', new Map());
  const after = flatten(to.preimage, '', new Map());
  const changes: FieldChange[] = [];
  for (const field of new Set([...after.keys(), ...before.keys()])) {
    const [a, b] = [before.get(field), after.get(field)];
    if (a === b) continue;
    const files = field === 'codeDigest' ? sources(from.sources, to.sources) : [];
    const packages = field === 'codeDigest' ? packageChanges(from.packages, to.packages) : [];
    changes.push({
      field,
      ...(a !== undefined && { from: a }),
      ...(b !== undefined && { to: b }),
      ...(files.length > 0 && { files }),
      ...(packages.length > 0 && { packages }),
    });
  }
  return changes;
}

/** `scaler 1.0.0 → 1.0.1` */
export const packageText = ({ name, from, to }: NonNullable<FieldChange['packages']>[number]): string =>
  `${name} ${from ?? 'absent'} → ${to ?? 'absent'}`;

/** One change in a few words. */
function phrase({ field, from, to, files = [], packages = [] }: FieldChange): string {
  const [top, ...rest] = field.split('.');
  const name = rest.join('.');
  switch (top) {
    case 'codeDigest': {
      const all = [...packages.map(packageText), ...files];
      const named = all.slice(0, 2).join(', ');
      return `code changed${named && ` (${named}${all.length > 2 ? ` and ${all.length - 2} more` : ''})`}`;
    }
    case 'inputs':
      return from === undefined
        ? `input ${name} is new`
        : to === undefined
          ? `input ${name} is gone`
          : `input ${name} changed`;
    case 'content':
      return `data set ${name} changed`;
    case 'origin':
      return to === undefined ? 'it is no branch any more' : `it was branched from ${to}`;
    case 'numericsVersion':
      return 'the arithmetic of the backends changed';
    default: {
      const isDigest = [from, to].some((value) => /^"[0-9a-f]{64}"$/.test(value ?? ''));
      return isDigest
        ? `the content of ${field} changed`
        : `${field} ${from ?? 'absent'} → ${to ?? 'absent'}`;
    }
  }
}

/** Changes as a sentence without a full stop: at most three, then how many more. */
export function sentenceOf(changes: readonly FieldChange[]): string {
  const named = changes.slice(0, 3).map(phrase).join(', ');
  return changes.length > 3 ? `${named} and ${changes.length - 3} more` : named;
}
