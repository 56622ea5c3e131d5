import type { Failure, Result } from '../base/result.ts';
import { fail, never, ok } from '../base/result.ts';
import type { Kernel, Layer, Network, Shape, Windows } from './network.ts';
import { INPUT } from './network.ts';
import { covers, kernelSides, sameShape, shapeText, stridedShape, windowedShape } from './shape.ts';

/**
 * Checks a network that came from outside: every layer reads earlier ones, shapes follow, every weight is there and at
 * least as wide as its layer uses it. All that is wrong is told at once.
 * Codes: `duplicate-layer`, `unknown-input`, `wrong-arity`, `wrong-shape`, `bad-value`, `duplicate-weight`,
 * `missing-weight`, `weight-too-small`, `unknown-output`.
 */
export function checkNetwork(network: Network): Result<Network> {
  const failures: Failure[] = [];
  const report = (code: string, message: string): void => void failures.push({ code, message });
  const shapes = new Map<string, Shape>([[INPUT, network.input]]);
  const weights = new Map<string, readonly number[]>();
  for (const { name, shape } of network.weights) {
    if (weights.has(name)) report('duplicate-weight', `weight ${name} is listed twice`);
    weights.set(name, shape);
  }
  for (const layer of network.layers) {
    if (shapes.has(layer.id)) report('duplicate-layer', `two layers are called ${layer.id}`);
    const inputs = layer.inputs.map((id) => shapes.get(id));
    for (const [i, shape] of inputs.entries()) {
      if (shape !== undefined) continue;
      report('unknown-input', `layer ${layer.id} reads ${layer.inputs[i]}, which no earlier layer produces`);
    }
    shapes.set(layer.id, layer.output);
    if (inputs.includes(undefined)) continue;
    checkLayer(layer, inputs as Shape[], report);
    for (const [name, needed] of neededWeights(layer, inputs[0])) {
      const full = weights.get(name);
      if (full === undefined) report('missing-weight', `layer ${layer.id} uses ${name}, which is not listed`);
      else if (!covers(full, needed)) {
        report('weight-too-small', `layer ${layer.id} uses [${needed}] of ${name}, which is [${full}]`);
      }
    }
  }
  if (!shapes.has(network.output)) {
    report('unknown-output', `the output is ${network.output}, which no layer produces`);
  }
  for (const { output, weight } of network.auxiliary ?? []) {
    const shape = shapes.get(output);
    const wanted = { h: 1, w: 1, c: shapes.get(network.output)?.c ?? 1 };
    if (shape === undefined)
      report('unknown-output', `an auxiliary output is ${output}, which no layer produces`);
    else if (!sameShape(shape, wanted)) {
      report(
        'wrong-shape',
        `the auxiliary output ${output} is ${shapeText(shape)}, not ${shapeText(wanted)}`,
      );
    }
    if (!(weight >= 0)) report('bad-value', `the auxiliary output ${output} has a weight of ${weight}`);
  }
  return failures.length === 0 ? ok(network) : fail(...failures);
}

type Report = (code: string, message: string) => void;

function checkLayer(layer: Layer, inputs: readonly Shape[], report: Report): void {
  const arity = arityOf(layer);
  // A layer that reads nothing is checked against the shape that it says it has.
  const first = layer.op === 'zero' ? layer.output : inputs[0];
  if (inputs.length !== arity || first === undefined) {
    const wanted = layer.op === 'concat' ? '; at least 1 is needed' : ` instead of ${arity}`;
    report('wrong-arity', `layer ${layer.id} (${layer.op}) reads ${inputs.length} tensors${wanted}`);
    return;
  }
  for (const other of inputs) {
    if (sameShape(first, layer.op === 'concat' ? { ...other, c: first.c } : other)) continue;
    report('wrong-shape', `layer ${layer.id} combines ${shapeText(first)} with ${shapeText(other)}`);
  }
  for (const value of positives(layer)) {
    if (!Number.isInteger(value) || value < 1) {
      report('bad-value', `layer ${layer.id} has a kernel, stride, width or group count of ${value}`);
    }
  }
  for (const complaint of settingsComplaints(layer)) report('bad-value', `layer ${layer.id} ${complaint}`);
  if (layer.op === 'conv' && (first.c % layer.groups !== 0 || layer.output.c % layer.groups !== 0)) {
    report(
      'bad-value',
      `layer ${layer.id} has ${layer.groups} groups for ${first.c} → ${layer.output.c} channels`,
    );
  }
  if ((layer.op === 'dense' || layer.op === 'dropout') && (first.h !== 1 || first.w !== 1)) {
    report('wrong-shape', `layer ${layer.id} (${layer.op}) wants 1x1 pixels, not ${shapeText(first)}`);
  }
  const expected = outputShape(layer, inputs.length === 0 ? [first] : inputs);
  if (!sameShape(expected, layer.output)) {
    report('wrong-shape', `layer ${layer.id} makes ${shapeText(expected)}, not ${shapeText(layer.output)}`);
  }
}

/** Tensors that a layer reads; of a concatenation, as many as there are. */
function arityOf(layer: Layer): number {
  switch (layer.op) {
    case 'add':
      return 2;
    case 'mix':
      return layer.coefficients.length;
    case 'concat':
      return layer.inputs.length;
    case 'zero':
      return 0;
    default:
      return 1;
  }
}

/** What is wrong with a layer's numbers, ending "layer x …". */
function settingsComplaints(layer: Layer): string[] {
  switch (layer.op) {
    case 'batch-norm': {
      const { decay, epsilon, movingMean, movingVariance, frozen } = layer;
      const moving = [movingMean, movingVariance].filter((name) => name !== undefined).length;
      return [
        ...(moving === 1 ? ['has one of moving mean and moving variance; both or none are needed'] : []),
        ...(frozen && moving === 0 ? ['is frozen, but has no moving statistics'] : []),
        ...(decay >= 0 && decay <= 1 ? [] : [`has a decay of ${decay}, outside 0…1`]),
        ...(epsilon > 0 ? [] : [`has an epsilon of ${epsilon}, which is not above 0`]),
      ];
    }
    case 'dropout':
    case 'drop-path':
      return layer.rate >= 0 && layer.rate < 1
        ? []
        : [`has a ${layer.op} rate of ${layer.rate}; it must be at least 0 and below 1`];
    case 'slice':
    case 'subsample': {
      const start = layer.op === 'slice' ? layer.first : layer.offset;
      return Number.isInteger(start) && start >= 0 ? [] : [`begins at ${start}, which is not a whole number`];
    }
    case 'depthwise': {
      if (layer.derived === undefined) return [];
      const through = [layer.derived.side, ...layer.derived.steps.map(({ side }) => side)];
      const { h, w } = kernelSides(layer.kernel);
      const shrinks = through.every(
        (side, k) => k === 0 || (side < through[k - 1]! && (through[k - 1]! - side) % 2 === 0),
      );
      const text = through.join(', ');
      return [
        ...(through.length > 1 && shrinks
          ? []
          : [
              `derives its kernel through sides ${text}; each must be smaller than the one before by an even number`,
            ]),
        ...(h === w && through.at(-1) === h
          ? []
          : [`has a kernel of ${h}x${w}, but derives one of side ${through.at(-1)}`]),
      ];
    }
    case 'mix':
      return layer.coefficients.every(Number.isFinite) ? [] : [`mixes with ${layer.coefficients.join(', ')}`];
    default:
      return [];
  }
}

function positives(layer: Layer): readonly number[] {
  const { h, w, c } = layer.output;
  switch (layer.op) {
    case 'conv':
      return [h, w, c, ...windowNumbers(layer), layer.groups];
    case 'depthwise':
    case 'pool':
      return [h, w, c, ...windowNumbers(layer)];
    case 'subsample':
      return [h, w, c, layer.stride];
    case 'squeeze-excite':
      return [h, w, c, layer.squeeze];
    default:
      return [h, w, c];
  }
}

const windowNumbers = ({ kernel, stride, dilation = 1 }: Windows): readonly number[] => [
  kernelSides(kernel).h,
  kernelSides(kernel).w,
  stride,
  dilation,
];

function outputShape(layer: Layer, inputs: readonly Shape[]): Shape {
  const from = inputs[0]!;
  switch (layer.op) {
    case 'conv':
      return windowedShape(from, layer, layer.output.c);
    case 'depthwise':
    case 'pool':
      return windowedShape(from, layer, from.c);
    case 'concat':
      return { ...from, c: inputs.reduce((sum, { c }) => sum + c, 0) };
    case 'slice':
      return { ...from, c: Math.max(0, Math.min(layer.output.c, from.c - layer.first)) };
    case 'subsample':
      return stridedShape(from, layer.stride, from.c);
    case 'global-pool':
      return { h: 1, w: 1, c: from.c };
    case 'dense':
      return { h: 1, w: 1, c: layer.output.c };
    case 'batch-norm':
    case 'activation':
    case 'squeeze-excite':
    case 'add':
    case 'mix':
    case 'dropout':
    case 'drop-path':
    case 'zero':
    case 'identity':
    case 'scale':
      return from;
    default:
      return never(layer);
  }
}

const sides = (kernel: Kernel): readonly number[] => [kernelSides(kernel).h, kernelSides(kernel).w];

/** Weights that a layer reads: name and the prefix it uses. `from` is the shape of its first input. */
export function neededWeights(
  layer: Layer,
  from: Shape | undefined,
): readonly (readonly [name: string, shape: readonly number[]])[] {
  if (from === undefined) return [];
  const c = layer.output.c;
  switch (layer.op) {
    case 'conv':
      return [
        [layer.weight, [...sides(layer.kernel), from.c / layer.groups, c]],
        ...(layer.bias === undefined ? [] : [[layer.bias, [c]] as const]),
      ];
    case 'depthwise': {
      const { derived } = layer;
      if (derived === undefined) return [[layer.weight, [...sides(layer.kernel), c, 1]]];
      const matrices = derived.steps.map(({ side, weight }) => [weight, [side ** 2, side ** 2]] as const);
      return [[layer.weight, [derived.side, derived.side, c, 1]], ...matrices];
    }
    case 'batch-norm':
      return [layer.gamma, layer.beta, layer.movingMean, layer.movingVariance].flatMap((name) =>
        name === undefined ? [] : [[name, [c]] as const],
      );
    case 'scale':
      return [[layer.weight, [c]]];
    case 'squeeze-excite':
      return [
        [layer.reduceWeight, [c, layer.squeeze]],
        [layer.reduceBias, [layer.squeeze]],
        [layer.expandWeight, [layer.squeeze, c]],
        [layer.expandBias, [c]],
      ];
    case 'dense':
      return [[layer.weight, [from.c, c]], ...(layer.bias === undefined ? [] : [[layer.bias, [c]] as const])];
    case 'activation':
    case 'add':
    case 'mix':
    case 'pool':
    case 'global-pool':
    case 'dropout':
    case 'drop-path':
    case 'concat':
    case 'slice':
    case 'zero':
    case 'identity':
    case 'subsample':
      return [];
    default:
      return never(layer);
  }
}
