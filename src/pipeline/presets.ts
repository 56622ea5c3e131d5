import type { Json } from '../base/canonical.ts';
import { type JsonDocument, type Pointer, pointerOf } from '../schema/document.ts';
import type { StageType, StageTypes } from '../stage/discovery.ts';
import type { Preset } from '../stage/manifest.ts';
import { isObject } from './wiring.ts';

type Members = { readonly [name: string]: Json };
type Written = ReadonlySet<Pointer>;

/** Every place that was written, or holds one that was. */
function writtenPlaces(document: JsonDocument): Written {
  const places = new Set<Pointer>();
  for (const pointer of document.written().keys()) {
    for (let at = pointer; !places.has(at) && at !== ''; at = at.slice(0, at.lastIndexOf('/')))
      places.add(at);
  }
  return places;
}

/** What was written of a value: of an object its written members. */
function writtenPart(value: Json, at: Pointer, written: Written): Json {
  if (!isObject(value)) return value;
  const members = Object.entries(value as Members).flatMap(([name, of]) => {
    const place = at + pointerOf([name]);
    return written.has(place) ? [[name, writtenPart(of, place, written)] as const] : [];
  });
  return Object.fromEntries(members);
}

/** A value over another: objects member by member, unless they are of different kinds. */
function laidOver(below: Json | undefined, above: Json): Json {
  if (!isObject(below) || !isObject(above)) return above;
  const [base, own] = [below as Members, above as Members];
  if (own.kind !== undefined && own.kind !== base.kind) return own;
  return {
    ...base,
    ...Object.fromEntries(Object.entries(own).map(([name, of]) => [name, laidOver(base[name], of)])),
  };
}

/** The params of a stage over those of its preset; what is in neither is left to the defaults. */
function overPreset(
  { params: preset }: Preset,
  { manifest }: StageType,
  params: Members,
  at: Pointer,
  document: JsonDocument,
  written: Written,
): Members {
  const properties = manifest.params.properties as { readonly [param: string]: { readonly default?: Json } };
  const own = Object.entries(params).flatMap(([name, value]) => {
    const place = at + pointerOf([name]);
    if (!written.has(place)) return [];
    // of a value that was written in part only, the rest is the default's
    const isWhole = document.written().has(place);
    const below = preset[name] ?? (isWhole ? undefined : properties[name]?.default);
    return [[name, laidOver(below, writtenPart(value, place, written))] as const];
  });
  return { ...preset, ...Object.fromEntries(own) };
}

/**
 * The document with the params of every stage that names a preset laid over those of the preset: by name, objects
 * member by member unless they are of different kinds. Whatever was filled in before, and not written, is left out.
 * Presets that there are not are left for who checks names.
 */
export function withPresets(document: JsonDocument, { types }: StageTypes): JsonDocument {
  let written: Written | undefined;
  const expanded = (stages: Json | undefined, at: Pointer): Json | undefined => {
    if (!isObject(stages)) return stages;
    const entries = Object.entries(stages as Members).map(([id, stage]): [string, Json] => {
      if (!isObject(stage)) return [id, stage];
      const { type, preset, params = {}, stages: inner } = stage as Members;
      const place = at + pointerOf([id]);
      if (type === 'foreach') return [id, { ...stage, stages: expanded(inner, `${place}/stages`) ?? {} }];
      const found = types.get(String(type));
      const named = typeof preset === 'string' ? found?.manifest.presets[preset] : undefined;
      if (found === undefined || named === undefined || !isObject(params)) return [id, stage];
      written ??= writtenPlaces(document);
      const all = overPreset(named, found, params as Members, `${place}/params`, document, written);
      return [id, { ...stage, params: all }];
    });
    return Object.fromEntries(entries);
  };
  if (!isObject(document.value)) return document;
  const value = document.value as Members;
  const stages = expanded(value.stages, '/stages');
  return stages === value.stages || stages === undefined
    ? document
    : { ...document, value: { ...value, stages } };
}
