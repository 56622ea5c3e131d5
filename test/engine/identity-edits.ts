import fc from 'fast-check';
import type { PipelineSketch, Sketch, StageSketch } from './identity-project.ts';

/** Edits of a project: those that change no result, and those that change the results of known stages. */

/** An edit; `ids` says what a stage is called after it. */
export interface Cosmetic {
  readonly name: string;
  apply(sketch: Sketch): Sketch;
  readonly ids?: (id: string) => string;
  /** Files whose times are moved without a change. */
  readonly touch?: readonly string[];
  /** New name of the project's directory. */
  readonly moveTo?: string;
}

/** An edit after which exactly `stages` and what depends on them must run. */
export interface Effective {
  readonly name: string;
  apply(sketch: Sketch): Sketch;
  readonly stages: readonly string[];
}

const withPipeline = (sketch: Sketch, change: Partial<PipelineSketch>): Sketch => ({
  ...sketch,
  pipeline: { ...sketch.pipeline, ...change },
});

const withStage = (sketch: Sketch, id: string, change: Partial<StageSketch>): Sketch =>
  withPipeline(sketch, {
    stages: { ...sketch.pipeline.stages, [id]: { ...sketch.pipeline.stages[id]!, ...change } },
  });

const withFile = (sketch: Sketch, file: string, edit: (text: string) => string): Sketch => {
  const before = sketch.files[file]!;
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${file} changes nothing`);
  return { ...sketch, files: { ...sketch.files, [file]: after } };
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with the keys of every object in an order that `seed` decides. */
function reordered(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((item) => reordered(item, seed));
  if (!isObject(value)) return value;
  const rank = (key: string, index: number): number => {
    let hash = seed + index;
    for (const character of key) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    return hash;
  };
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, of], index) => [rank(key, index), key, reordered(of, seed)] as const)
      .sort(([a], [b]) => a - b)
      .map(([, key, of]) => [key, of]),
  );
}

/** The value with every `description` replaced. */
function described(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((item) => described(item, text));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, of]) => [
      key,
      key === 'description' && typeof of === 'string' ? text : described(of, text),
    ]),
  );
}

const sources = [
  'stages/sum/stage.ts',
  'stages/walk/stage.ts',
  'stages/reading/stage.ts',
  'lib/arithmetic.ts',
];
const schemas = ['sum', 'walk', 'reading'].map((type) => `schemas/stages/${type}.schema.json`);

/** One line of text without anything that ends a comment. */
const words = fc
  .string({ maxLength: 30 })
  .map((text) => text.replace(/[\r\n\u2028\u2029]/g, ' ').replaceAll('*/', '* /'));

const comment = fc.oneof(
  words.map((text) => `// ${text}`),
  words.map((text) => `/* ${text} */`),
  fc.constantFrom('/*! @license kept by some bundlers */', '//# sourceURL=x', '// @ts-ignore', '/** doc */'),
);

/** Comments, blank lines and indentation at lines of a source that `at` picks. */
const commented = (text: string, lines: readonly string[], at: number): string =>
  text
    .split('\n')
    .flatMap((line, index) =>
      (index + at) % 3 === 0 ? [...lines, `${' '.repeat(at % 5)}${line}`, ''] : [line],
    )
    .join('\n');

const doubleQuoted = (text: string): string => text.replace(/'([^'"\n]*)'/g, '"$1"');

export const cosmetic: fc.Arbitrary<Cosmetic> = fc.oneof(
  fc
    .constantFrom(...sources, ...schemas, 'data/table.txt', 'pipelines/identity.json')
    .map((file): Cosmetic => ({ name: `touch ${file}`, apply: (sketch) => sketch, touch: [file] })),
  fc
    .stringMatching(/^[a-z]{1,10}$/)
    .map((name): Cosmetic => ({ name: `move to ${name}`, apply: (sketch) => sketch, moveTo: name })),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).map(
    (name): Cosmetic => ({
      name: `rename the pipeline to ${name}`,
      apply: (sketch) => ({ ...withPipeline(sketch, { name }), pipelineFile: `pipelines/${name}.json` }),
    }),
  ),
  fc.stringMatching(/^[a-z0-9]{1,6}$/).map((suffix): Cosmetic => {
    const ids = (id: string): string => `${id}-${suffix}`;
    const source = (from: string): string => from.replace(/^[^.]+/, ids);
    return {
      name: `rename every stage to <id>-${suffix}`,
      ids,
      apply(sketch) {
        const stages = Object.entries(sketch.pipeline.stages).map(([id, { inputs, ...stage }]) => [
          ids(id),
          {
            ...stage,
            ...(inputs && {
              inputs: Object.fromEntries(Object.entries(inputs).map(([port, from]) => [port, source(from)])),
            }),
          },
        ]);
        return withPipeline(sketch, { stages: Object.fromEntries(stages) });
      },
    };
  }),
  fc.nat().map(
    (seed): Cosmetic => ({
      name: `reorder keys (${seed})`,
      apply: (sketch) => {
        const files = schemas.map((file) => [
          file,
          JSON.stringify(reordered(JSON.parse(sketch.files[file]!), seed)),
        ]);
        return {
          ...sketch,
          pipeline: reordered(sketch.pipeline, seed) as PipelineSketch,
          files: { ...sketch.files, ...Object.fromEntries(files) },
        };
      },
    }),
  ),
  words.map(
    (text): Cosmetic => ({
      name: `descriptions become "x${text}"`,
      apply: (sketch) => {
        const files = schemas.map((file) => [
          file,
          JSON.stringify(described(JSON.parse(sketch.files[file]!), `x${text}`)),
        ]);
        const stages = Object.entries(sketch.pipeline.stages).map(([id, stage]) => [
          id,
          { ...stage, description: `x${text}` },
        ]);
        return {
          ...withPipeline(sketch, { description: `x${text}`, stages: Object.fromEntries(stages) }),
          files: { ...sketch.files, ...Object.fromEntries(files) },
        };
      },
    }),
  ),
  fc
    .nat({ max: 8 })
    .map((indent): Cosmetic => ({ name: `indent by ${indent}`, apply: (sketch) => ({ ...sketch, indent }) })),
  fc.tuple(fc.constantFrom(...sources), fc.array(comment, { minLength: 1, maxLength: 3 }), fc.nat()).map(
    ([file, lines, at]): Cosmetic => ({
      name: `comments in ${file}: ${JSON.stringify(lines)} at ${at}`,
      apply: (sketch) => withFile(sketch, file, (text) => commented(text, lines, at)),
    }),
  ),
  fc.constantFrom(...sources.slice(0, 3)).map(
    (file): Cosmetic => ({
      name: `double quotes in ${file}`,
      apply: (sketch) => ({
        ...sketch,
        files: { ...sketch.files, [file]: doubleQuoted(sketch.files[file]!) },
      }),
    }),
  ),
  fc.constant<Cosmetic>({
    name: 'a function that no stage reaches',
    apply: (sketch) =>
      withFile(sketch, 'lib/arithmetic.ts', (text) => {
        const name = `unused${text.length}`;
        return `${text}\nexport const ${name} = () => '${name}';\n`;
      }),
  }),
);

const flipped = (text: string, at: number): string => {
  const index = at % text.length;
  return text.slice(0, index) + String.fromCharCode(text.charCodeAt(index) ^ 1) + text.slice(index + 1);
};

/** Edits of different things, so that any two can be made together. */
export const effective: fc.Arbitrary<Effective> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map(
    (value): Effective => ({
      name: `the default of sum.plus becomes ${value}`,
      stages: ['total', 'all'],
      apply: (sketch) =>
        withFile(sketch, 'schemas/stages/sum.schema.json', (text) => {
          const schema = JSON.parse(text) as { properties: { plus: { default: number } } };
          schema.properties.plus.default = value;
          return JSON.stringify(schema);
        }),
    }),
  ),
  fc.integer({ min: 4, max: 2 ** 40 }).map(
    (seed): Effective => ({
      name: `seed ${seed}`,
      stages: ['walk'],
      apply: (sketch) => withPipeline(sketch, { seed }),
    }),
  ),
  fc.integer({ min: 4, max: 9 }).map(
    (steps): Effective => ({
      name: `walk.steps ${steps}`,
      stages: ['walk'],
      apply: (sketch) => withStage(sketch, 'walk', { params: { steps } }),
    }),
  ),
  fc.tuple(fc.constantFrom('data/table.txt', 'data/parts/one.bin', 'data/parts/deep/two.bin'), fc.nat()).map(
    ([file, at]): Effective => ({
      name: `one byte of ${file}`,
      stages: ['read'],
      apply: (sketch) => withFile(sketch, file, (text) => flipped(text, at)),
    }),
  ),
  fc.constant<Effective>({
    name: 'a file more in the folder',
    stages: ['read'],
    apply: (sketch) => ({ ...sketch, files: { ...sketch.files, 'data/parts/more.bin': '' } }),
  }),
  fc.constant<Effective>({
    name: 'swapped input roles',
    stages: ['total'],
    apply: (sketch) => withStage(sketch, 'total', { inputs: { a: 'second', b: 'first' } }),
  }),
  fc.integer({ min: 2, max: 9 }).map(
    (scale): Effective => ({
      name: `the helper's scale becomes ${scale}`,
      stages: ['total', 'all'],
      apply: (sketch) =>
        withFile(sketch, 'lib/arithmetic.ts', (text) => text.replace(/scale = \d/, `scale = ${scale}`)),
    }),
  ),
  fc.constant<Effective>({
    name: "the helper's other function",
    stages: ['odd'],
    apply: (sketch) =>
      withFile(sketch, 'lib/arithmetic.ts', (text) => text.replace('n % 2', 'Math.abs(n % 2)')),
  }),
  fc.stringMatching(/^[1-9]\.[0-9]\.[1-9]$/).map(
    (version): Effective => ({
      name: `scaler ${version}`,
      stages: ['scaled'],
      apply: (sketch) =>
        withFile(sketch, 'node_modules/scaler/package.json', () =>
          JSON.stringify({ name: 'scaler', version, main: 'index.cjs' }),
        ),
    }),
  ),
  fc.constant<Effective>({
    name: 'another version of a stage type',
    stages: ['odd'],
    apply: (sketch) =>
      withFile(sketch, 'schemas/stages/parity.schema.json', (text) => {
        const schema = JSON.parse(text) as { 'x-stage': { version?: number } };
        schema['x-stage'].version = 2;
        return JSON.stringify(schema);
      }),
  }),
);
