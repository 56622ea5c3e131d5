import { type Encoding, specify } from '../../../nas/index.ts';
import type { StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import { picture } from '../markup.ts';
import { legend } from '../scatter.ts';
import { drawRows } from './row.ts';

const NAMES = {
  mbconv: 'inverted bottleneck',
  separable: 'separable convolution',
  conv: 'convolution',
  universal: 'universal inverted bottleneck',
  project: '1x1 convolution in place of a layer that is left out',
} as const;

/**
 * One box a layer: as high as it expands, coloured by the kernel of its largest convolution, a bar on top for
 * squeeze-and-excitation. Layers that are left out without a trace are not there.
 */
export function stacksPicture(space: StacksSpace, encoding: Encoding): string {
  const { layers } = specify(space, encoding);
  const kernelOf = ({ kernel, start }: (typeof layers)[number]) => Math.max(kernel, start);
  const ratioOf = ({ expanded, input }: (typeof layers)[number]) => expanded / input.c;
  const kernels = [...new Set(layers.map(kernelOf))].sort((a, b) => a - b);
  const widest = Math.max(...layers.map(ratioOf));
  const blocks = layers.map((layer) => {
    const { id, op, start, kernel, stride, squeeze, skip, output } = layer;
    const ratio = Math.round(ratioOf(layer) * 10) / 10;
    const expands = op === 'mbconv' || op === 'universal';
    const words = [...(kernel > 0 ? [`k${kernel}`] : []), ...(expands ? [`e${ratio}`] : [])];
    const details = [
      `${NAMES[op]}`,
      ...(start > 0 ? [`depthwise kernel ${start} before it expands`] : []),
      ...(kernel > 0 ? [`kernel ${kernel}`] : []),
      ...(expands ? [`expansion ${ratio}`] : []),
      ...(squeeze > 0 ? [`squeeze-excite, ${squeeze} units`] : []),
      ...(skip === 'none' ? [] : [skip === 'identity' ? 'residual' : 'a pooled skip']),
    ];
    return {
      id,
      title: `${id}: ${details.join(', ')}`,
      note: `${output.c} ch${stride > 1 ? ` /${stride}` : ''}`,
      box: {
        label: [...(start > 0 ? [`d${start}`] : []), words.join(' ')],
        colour: `c${kernels.indexOf(kernelOf(layer)) % 6}`,
        height: Math.max(start > 0 ? 0.35 : 0.2, ratioOf(layer) / widest),
        bar: squeeze > 0,
      },
    };
  });
  const { body, width, height } = drawRows(blocks);
  return (
    picture('layers of the architecture', width, height, body) +
    legend([
      ...kernels.map((kernel, index) => [`c${index % 6}`, `kernel ${kernel}`] as const),
      ...(layers.some(({ squeeze }) => squeeze > 0) ? [['se', 'squeeze-and-excitation'] as const] : []),
    ])
  );
}
