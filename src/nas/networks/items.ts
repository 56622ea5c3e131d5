import { NetworkBuilder } from '../../net/builder.ts';
import { makeDivisible, shapeText } from '../../net/shape.ts';
import type { BlockDecision } from '../space/encoding.ts';
import type { BlockLayout, MobilenetSpace, SearchSpace } from '../space/layout.ts';
import { spaceLayout } from '../space/layout.ts';
import { assembleBlock, assembleHead, assembleStem } from './assemble.ts';
import type { Item } from './item.ts';
import { distinctItems } from './item.ts';
import { everyItem } from './stacks.ts';
import { everyWholeItem } from './whole-pieces.ts';

/** The first convolution alone. */
export function stemItem(space: MobilenetSpace): Item {
  const { filters, kernel, stride, activation } = space.stem;
  const builder = new NetworkBuilder(space.input);
  const network = builder.finish(assembleStem(builder, space));
  return { key: `stem ${shapeText(space.input)} k${kernel} s${stride} o${filters} ${activation}`, network };
}

/** Everything after the last block alone. */
export function headItem(space: MobilenetSpace): Item {
  const { last } = spaceLayout(space);
  const { filters, hidden, activation } = space.head;
  const builder = new NetworkBuilder(last);
  const network = builder.finish(assembleHead(builder, space, builder.input));
  return { key: `head ${shapeText(last)} f${filters} h${hidden} o${space.classes} ${activation}`, network };
}

/** Canonical name of a block's layer shape: `mbconv 28x28x16 e48 k3 s1 o16 se16 relu residual`. */
export function blockKey(layout: BlockLayout, decision: BlockDecision): string {
  const { block, input } = layout;
  const expanded = layout.expanded[decision.expansion]!;
  return [
    'mbconv',
    shapeText(input),
    `e${expanded}`,
    `k${block.kernel[decision.kernel]}`,
    `s${block.stride}`,
    `o${block.output}`,
    ...(block.squeezeExcite[decision.squeezeExcite] ? [`se${makeDivisible(expanded / 4)}`] : []),
    block.activation,
    ...(block.stride === 1 && block.output === input.c ? ['residual'] : []),
  ].join(' ');
}

/** One block that is present, alone. */
export function blockItem(space: MobilenetSpace, layout: BlockLayout, decision: BlockDecision): Item {
  const builder = new NetworkBuilder(layout.input);
  const { output } = assembleBlock(builder, space, layout, builder.input, { decision, mixed: {} });
  return { key: blockKey(layout, decision), network: builder.finish(output) };
}

/** Every way in which a block can be present, kernels slowest. */
export function blockDecisions({ block }: BlockLayout): BlockDecision[] {
  const decisions: BlockDecision[] = [];
  for (const kernel of block.kernel.keys()) {
    for (const expansion of block.expansion.keys()) {
      for (const squeezeExcite of block.squeezeExcite.keys()) {
        decisions.push({ present: true, kernel, expansion, squeezeExcite });
      }
    }
  }
  return decisions;
}

/** Every distinct layer shape of a space, for a latency profile: sorted by key. */
export function profileItems(space: SearchSpace): Item[] {
  if (space.grammar === 'stacks') return everyItem(space);
  if (space.grammar !== 'mobilenet') return everyWholeItem(space);
  const items = [stemItem(space), headItem(space)];
  for (const layout of spaceLayout(space).blocks) {
    for (const decision of blockDecisions(layout)) items.push(blockItem(space, layout, decision));
  }
  return distinctItems(items);
}
