import type { StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../choice.ts';
import type { LayerDecision } from './decide.ts';
import { decideLayer } from './decide.ts';
import { stacksLayout } from './layout.ts';

const SHORT: { readonly [op in LayerDecision['op']]: string } = {
  mbconv: '',
  separable: 'sep ',
  conv: 'conv ',
  universal: '',
  identity: '–',
};

/** `k5e6+se`, `sep k3`, `d3k5e4` or a dash for a layer that is left out. */
function layerText({ op, start, kernel, expansion, squeezeExcite, skip }: LayerDecision): string {
  if (op === 'identity') return SHORT.identity;
  const ratio = op === 'mbconv' || op === 'universal' ? `e${expansion}` : '';
  const first = start === 0 ? '' : `d${start}`;
  const added = op === 'universal' || skip === 'identity' ? '' : skip === 'pool' ? '+pool' : '-skip';
  return `${SHORT[op]}${first}k${kernel}${ratio}${squeezeExcite ? '+se' : ''}${added}`;
}

/** An architecture in one line: `stem 32 · s1 16: k3e3, – · s2 24 x3: k5e6 · head 1280`. */
export function describeStacks(space: StacksSpace, encoding: Encoding): string {
  const layout = stacksLayout(space);
  const pick = <T>(options: readonly T[], position: number | undefined): T | undefined =>
    options[position === undefined ? 0 : encoding[position]!];
  const side = pick(space.sides, layout.resolution);
  const stacks = layout.stacks.map(({ stack, filters, depth, layers }) => {
    const width = pick(stack.filters, filters);
    const deep = pick(stack.depth, depth)!;
    const texts = (stack.same ? layers.slice(0, 1) : layers.slice(0, deep)).map((layer) =>
      layerText(decideLayer(layer, encoding)),
    );
    const times = stack.same && deep > 1 ? ` x${deep}` : '';
    return `${stack.id}${width === undefined ? '' : ` ${width}`}${times}: ${texts.join(', ')}`;
  });
  const head = [pick(space.head.filters, layout.headFilters)!, pick(space.head.hidden, layout.hidden)!];
  return [
    ...(side === undefined ? [] : [`${side} px`]),
    `stem ${pick(space.stem.filters, layout.stemFilters)} k${pick(space.stem.kernel, layout.stemKernel)}`,
    ...stacks,
    `head ${head.filter((width) => width > 0).join(' ')}`.trim(),
  ].join(' · ');
}
