/**
 * A network of TuNAS's release as a literal tree, and its feature vector by the letter of mobile_cost_model: slow, with
 * no part of the reader in it.
 */
export type Spec =
  | 'constant'
  | readonly Spec[]
  | { readonly choices: readonly Spec[]; readonly mask: readonly number[] };

interface Block {
  readonly layers: readonly Spec[];
  /** One-hot over the block's widths. */
  readonly filters: readonly number[];
}

/** Index of the option that is chosen of a choice block, by its id in the space. */
type Chosen = (id: string, options: readonly (number | string)[]) => number;

const oneHot = (length: number, at: number): number[] => Array.from({ length }, (_, i) => (i === at ? 1 : 0));

const kron = (a: readonly number[], b: readonly number[]): number[] => a.flatMap((x) => b.map((y) => x * y));

function featuresOf(spec: Spec): number[] {
  if (spec === 'constant') return [1];
  if ('mask' in spec)
    return spec.choices.flatMap((choice, at) => featuresOf(choice).map((x) => spec.mask[at]! * x));
  return spec.map(featuresOf).reduce(kron, [1]);
}

export function featureVector(blocks: readonly Block[]): number[] {
  const vectors: number[][] = [];
  let before: readonly number[] = [1];
  for (const { layers, filters } of blocks) {
    for (const layer of layers) {
      vectors.push(kron(kron(filters, before), featuresOf(layer)));
      before = filters;
    }
  }
  return vectors.filter(({ length }) => length > 1).flat();
}

const MULTIPLIERS = [0.5, 0.625, 0.75, 1, 1.25, 1.5, 2];
const widths = (base: number): number[] => {
  const rounded = MULTIPLIERS.map((multiplier) => 8 * Math.max(1, Math.round((base * multiplier) / 8)));
  return [...new Set(rounded)];
};

const chooser =
  (chosen: Chosen) =>
  (
    id: string,
    options: readonly (number | string)[],
    specs: readonly Spec[] = options.map(() => 'constant' as const),
  ): Spec => ({
    choices: specs,
    mask: oneHot(options.length, chosen(id, options)),
  });

/** `proxylessnas_search` or, with the widths searched, `proxylessnas_enlarged_search`. */
export function proxylessTower(chosen: Chosen, enlarged: boolean): Block[] {
  const one = chooser(chosen);
  const block = (id: string, base: number, layers: readonly Spec[]): Block => {
    const options = enlarged ? widths(base) : [base];
    return { layers, filters: oneHot(options.length, chosen(`${id}.filters`, options)) };
  };
  const mbconv = (id: string): Spec => [
    one(`${id}.kernel`, [3, 5, 7]),
    one(`${id}.expansion`, [3, 6]),
    'constant',
    'constant',
  ];
  const stack = (id: string): Spec[] => [
    mbconv(`${id}l0`),
    ...[1, 2, 3].map((at) => [
      one(`${id}l${at}.op`, ['mbconv', 'identity'], [mbconv(`${id}l${at}`), 'constant']),
    ]),
  ];
  const [conv, relu, endpoint, pool] = ['constant', 'constant', 'constant', 'constant'] as const;
  return [
    block('stem', 16, [conv, relu]),
    block('s1', 16, [one('s1.kernel', [3, 5, 7]), endpoint]),
    block('s2', 16, [...stack('s2'), endpoint]),
    block('s3', 32, [...stack('s3'), endpoint]),
    block('s4', 64, stack('s4')),
    block('s5', 128, [...stack('s5'), endpoint]),
    block('s6', 256, [...stack('s6'), endpoint]),
    block('s7', 512, [mbconv('s7'), endpoint]),
    block('head', 1024, [conv, relu, pool]),
  ];
}

/** `mobilenet_v3_like_search`. */
export function v3LikeTower(chosen: Chosen): Block[] {
  const one = chooser(chosen);
  const block = (id: string, base: number, layers: readonly Spec[]): Block => {
    const options = widths(base);
    return { layers, filters: oneHot(options.length, chosen(id, options)) };
  };
  const mbconv = (id: string): Spec => [
    one(`${id}.kernel`, [3, 5, 7]),
    one(`${id}.expansion`, [1, 2, 3, 4, 5, 6]),
    one(`${id}.squeeze-excite`, ['off', 'on']),
    'constant',
  ];
  const optional = (id: string, layer: Spec, op: string): Spec => [
    one(`${id}.op`, [op, 'identity'], [layer, 'constant']),
  ];
  const stack = (id: string): Spec[] => [
    mbconv(`${id}l0`),
    ...[1, 2, 3].map((at) => optional(`${id}l${at}`, mbconv(`${id}l${at}`), 'mbconv')),
  ];
  const [conv, swish, endpoint, pool] = ['constant', 'constant', 'constant', 'constant'] as const;
  const separable = [one('s1.kernel', [3, 5, 7]), 'constant'] as const;
  return [
    block('stem.filters', 16, [
      one('stem.kernel', [3, 5]),
      swish,
      optional('s1', separable, 'separable'),
      endpoint,
    ]),
    block('s2.filters', 16, [...stack('s2'), endpoint]),
    block('s3.filters', 32, [...stack('s3'), endpoint]),
    block('s4.filters', 64, stack('s4')),
    block('s5.filters', 128, [...stack('s5'), endpoint]),
    block('s6.filters', 256, [...stack('s6'), endpoint]),
    block('head.filters', 512, [conv, swish, pool]),
    block('head.hidden', 1024, [conv, swish]),
  ];
}
