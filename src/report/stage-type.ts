import type { Schema } from '../schema/check.ts';
import { conditionText } from '../schema/condition.ts';
import type { StageType } from '../stage/discovery.ts';
import type { Manifest } from '../stage/manifest.ts';
import { type ReadWhen, readWhenText } from '../stage/read.ts';
import { cut, padEnd, table, widthOf, wrap } from './layout.ts';
import type { Style } from './style.ts';
import { count } from './units.ts';

const WIDTH = 80;

/** A param's schema as far as its reference goes. */
interface ParamSchema {
  readonly 'x-horizon'?: true | { readonly when: ParamSchema };
  readonly 'x-read'?: ReadWhen;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: ParamSchema;
  readonly oneOf?: readonly ParamSchema[];
  readonly anyOf?: readonly ParamSchema[];
  readonly properties?: Readonly<Record<string, ParamSchema>>;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** The stage types of a project, one a line. */
export function stageTypesTable(types: Iterable<StageType>): string[] {
  const rows = [...types].map(({ name, origin, manifest }) => [
    name,
    origin,
    firstClause(manifest.description),
  ]);
  return table(rows).map((line) => cut(line, WIDTH));
}

/** Up to the first colon, semicolon or full stop that ends a clause. */
const firstClause = (text: string): string => /^.*?(?=[:;.](\s|$))/.exec(text)?.[0] ?? text;

/** The reference of a stage type: what it does, ports, params with defaults and ranges, what it needs. */
export function stageTypeReference(
  { name, origin, package: from, manifest }: StageType,
  style: Style,
): string[] {
  const source = origin === 'plug-in' ? `plug-in ${from}` : origin;
  return [
    `${style.bold(name)}  ${source}, version ${manifest.version}`,
    ...wrap(manifest.description, WIDTH),
    ...(manifest.ports === 'declared' ? ['', ...wrap(DECLARED, WIDTH)] : []),
    ...section('Inputs', ports(manifest.inputs), style),
    ...section('Outputs', ports(manifest.outputs), style),
    ...section('Params', params(manifest), style),
    ...section('Presets', presets(manifest), style),
    '',
    ...wrap(needsText(manifest), WIDTH),
  ];
}

const DECLARED = 'Each stage of this type declares its own ports in the params inputs and outputs.';

const section = (title: string, lines: readonly string[], style: Style): string[] =>
  lines.length === 0 ? [] : ['', style.bold(title), ...lines];

function ports(of: Manifest['inputs']): string[] {
  const entries = Object.entries(of);
  const heads = table(
    entries.map(([port, { kind, optional, essence }]) => [
      port,
      [
        kind,
        ...(essence === undefined ? [] : [`(its ${essence})`]),
        ...(optional ? ['(optional)'] : []),
      ].join(' '),
    ]),
  );
  const indent = 2 + Math.max(0, ...heads.map(widthOf)) + 2;
  return entries.flatMap(([, { description }], index) =>
    wrap(description, WIDTH - indent).map((line, nth) =>
      nth === 0 ? `  ${padEnd(heads[index]!, indent - 4)}  ${line}` : ' '.repeat(indent) + line,
    ),
  );
}

/** Whose params each preset has, and what they are. */
function presets({ presets: named }: Manifest): string[] {
  return Object.entries(named).flatMap(([name, { description, params: values }]) => [
    `  ${name}`,
    ...wrap(capitalised(description), WIDTH - 6).map((line) => `      ${line}`),
    ...wrap(
      Object.entries(values)
        .map(
          ([param, value]) =>
            `${param}=${JSON.stringify(value, null, 1)
              .replace(/\s*\n\s*/g, ' ')
              .replace(/(?<=[{[]) | (?=[}\]])/g, '')}`,
        )
        .join(', '),
      WIDTH - 6,
    ).map((line) => `      ${line}`),
  ]);
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function params({ params: schema }: Manifest): string[] {
  return described(schema as ParamSchema, '', '  ');
}

/** One property, and the alternatives that have it; empty when all do. */
interface Property {
  readonly name: string;
  readonly schema: ParamSchema;
  readonly required: boolean;
  readonly only: readonly string[];
}

/** The properties of an object schema and of its alternatives, each distinct one once. */
function propertiesOf(schema: ParamSchema): Property[] {
  const branches = [schema, ...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].filter(
    (each) => each.properties,
  );
  const found = new Map<string, Property>();
  for (const branch of branches) {
    const label = Object.entries(branch.properties!).find(([, of]) => of.const !== undefined);
    for (const [name, of] of Object.entries(branch.properties!)) {
      const key = of.const === undefined ? `${name} ${JSON.stringify(of)}` : name;
      const before = found.get(key);
      const only = [...(before?.only ?? []), ...(label ? [String(label[1].const)] : [])];
      const both =
        of.const === undefined || !before
          ? of
          : { ...before.schema, enum: [...(before.schema.enum ?? [before.schema.const]), of.const] };
      found.set(key, { name, schema: both, required: branch.required?.includes(name) ?? false, only });
    }
  }
  return [...found.values()].map((each) => ({
    ...each,
    only: each.only.length === branches.length ? [] : each.only,
  }));
}

/** Lines of each property of an object schema, nested ones below with their whole path. */
function described(schema: ParamSchema, path: string, indent: string): string[] {
  return propertiesOf(schema).flatMap(({ name, schema: of, required, only }) => {
    const whole = path + name;
    const settled =
      of.default !== undefined
        ? `, default ${JSON.stringify(of.default)}`
        : required
          ? ', required'
          : ', optional';
    const where = only.length === 0 ? '' : ` (${only.join(', ')})`;
    return [
      ...wrap(`${whole}: ${typeText(of)}${settled}${where}`, WIDTH - indent.length).map(
        (line) => indent + line,
      ),
      ...(of.enum && of.const !== undefined ? [] : wrap(of.description ?? '', WIDTH - indent.length - 4)).map(
        (line) => `${indent}    ${line}`,
      ),
      ...(of['x-horizon'] === undefined
        ? []
        : wrap(horizonText(of['x-horizon']), WIDTH - indent.length - 4)
      ).map((line) => `${indent}    ${line}`),
      ...(of['x-read'] === undefined
        ? []
        : wrap(`Read only when ${readWhenText(of['x-read'])}.`, WIDTH - indent.length - 4)
      ).map((line) => `${indent}    ${line}`),
      ...described(of, `${whole}.`, indent),
    ];
  });
}

/** What raising a param does that says only how far the stage goes, and under which conditions. */
function horizonText(horizon: NonNullable<ParamSchema['x-horizon']>): string {
  const all = horizon === true ? '' : conditionText(horizon.when as Schema);
  return `A larger value goes on from a smaller one's checkpoint${all === '' ? '' : `, when ${all}`}.`;
}

/** `integer 1…4096`, `"lstm" or "factorised"`, `list of number` */
export function typeText(schema: ParamSchema): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const several = schema.oneOf ?? schema.anyOf;
  if (several) return [...new Set(several.map(typeText))].join(' or ');
  if (schema.items) return `list of ${typeText(schema.items)}`;
  const types = [schema.type ?? 'any value'].flat();
  const named = types.filter((type) => type !== 'null').join(' or ') + rangeText(schema);
  return types.includes('null') ? `${named}, or null` : named;
}

function rangeText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: ParamSchema): string {
  const low = minimum ?? exclusiveMinimum;
  const high = maximum ?? exclusiveMaximum;
  if (low === undefined && high === undefined) return '';
  const above = exclusiveMinimum === undefined ? 'from' : 'above';
  const below = exclusiveMaximum === undefined ? 'to' : 'below';
  return [low === undefined ? '' : ` ${above} ${low}`, high === undefined ? '' : ` ${below} ${high}`].join(
    '',
  );
}

const PROMISES = {
  exact: 'equal inputs give equal bytes',
  tolerance: 'equal inputs give equal results within a tolerance',
  measured: 'it measures: a repeat may differ',
} as const;

function needsText({ resources, needs, random, determinism }: Manifest): string {
  const takes = [
    resources.cpus === 1 ? '1 processor' : `${resources.cpus} processors`,
    ...(resources.gpus > 0 ? [`${resources.gpus} GPUs`] : []),
    `${count(resources.memoryMiB)} MiB`,
    ...(needs.backend ? ['a backend'] : []),
    ...(needs.device ? ['the device it measures'] : []),
    ...(needs.program ? ['a program of yours'] : []),
  ];
  const alone = resources.exclusive ? ' Nothing else runs meanwhile.' : '';
  const seed = random ? ' It is random: the seed is part of its fingerprint.' : '';
  return `Takes ${takes.join(', ')}; ${PROMISES[determinism]}.${alone}${seed}`;
}
