import { never } from '../base/result.ts';
import { countNetwork } from './count.ts';
import type { Layer, Network } from './network.ts';
import { kernelText, shapeText } from './shape.ts';

/**
 * The network as a table for people: one line a layer (id, what it is, output shape, parameters, multiply-accumulates)
 * and a line of totals.
 */
export function describeNetwork(network: Network): string {
  const counts = countNetwork(network);
  const rows: (readonly string[])[] = [['layer', 'what', 'output', 'params', 'MACs']];
  for (const [i, layer] of network.layers.entries()) {
    const { params, macs } = counts.layers[i]!;
    rows.push([layer.id, layerText(layer), shapeText(layer.output), amount(params), amount(macs)]);
  }
  rows.push(['total', '', '', amount(counts.params), amount(counts.macs)]);
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < 3 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const amount = (value: number): string => (value === 0 ? '' : String(value).replace(/\B(?=(\d{3})+$)/g, ','));

/** What a layer is, in a few words: `conv 3x3 s2`, `mix 3 of 3`. */
export function layerText(layer: Layer): string {
  switch (layer.op) {
    case 'conv':
    case 'depthwise':
      return [
        layer.op,
        kernelText(layer.kernel),
        ...(layer.stride === 1 ? [] : [`s${layer.stride}`]),
        ...(layer.dilation === undefined || layer.dilation === 1 ? [] : [`d${layer.dilation}`]),
        ...(layer.padding === undefined ? [] : [layer.padding]),
        ...(layer.op === 'conv' && layer.groups > 1 ? [`g${layer.groups}`] : []),
        ...(layer.op === 'depthwise' && layer.derived ? [`of ${kernelText(layer.derived.side)}`] : []),
      ].join(' ');
    case 'pool':
      return `${layer.fn} pool ${kernelText(layer.kernel)} s${layer.stride}${layer.padding ? ` ${layer.padding}` : ''}`;
    case 'activation':
      return layer.fn;
    case 'squeeze-excite':
      return `squeeze-excite ${layer.squeeze}`;
    case 'mix':
      return `mix ${layer.coefficients.filter((value) => value !== 0).length} of ${layer.coefficients.length}`;
    case 'add':
      return `add ${layer.inputs[0]}`;
    case 'dropout':
    case 'drop-path':
      return `${layer.op} ${layer.rate}`;
    case 'concat':
      return `concat of ${layer.inputs.length}`;
    case 'slice':
      return `channels ${layer.first} to ${layer.first + layer.output.c - 1}`;
    case 'subsample':
      return `subsample s${layer.stride}${layer.offset === 0 ? '' : ` from ${layer.offset}`}`;
    case 'batch-norm':
      if (layer.frozen) return 'batch-norm frozen';
      return layer.movingMean === undefined ? 'batch-norm stateless' : layer.op;
    case 'scale':
    case 'zero':
    case 'identity':
    case 'global-pool':
    case 'dense':
      return layer.op;
    default:
      return never(layer);
  }
}
