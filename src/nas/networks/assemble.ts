import { convBnAct, head } from '../../net/blocks.ts';
import type { Handle, NetworkBuilder } from '../../net/builder.ts';
import { makeDivisible } from '../../net/shape.ts';
import type { BlockDecision } from '../space/encoding.ts';
import type { BlockLayout, ChoiceWhat, MobilenetSpace } from '../space/layout.ts';
import type { Alternatives, MixedChoice } from './gates.ts';

/** A decision for a block, and the choices that are replaced by several alternatives. */
export interface BlockPlan {
  readonly decision: BlockDecision;
  readonly mixed: { readonly [what in ChoiceWhat]?: Alternatives };
}

/** First convolution of a space. Layers `stem.*`. */
export function assembleStem(builder: NetworkBuilder, space: MobilenetSpace): Handle {
  const { filters, kernel, stride, activation } = space.stem;
  const { batchNorm } = space;
  return convBnAct(builder, 'stem', builder.input, { filters, kernel, stride, activation, batchNorm });
}

/** Everything after the last block. */
export const assembleHead = (builder: NetworkBuilder, space: MobilenetSpace, from: Handle): Handle =>
  head(builder, from, { ...space.head, classes: space.classes, batchNorm: space.batchNorm });

/**
 * One block of a space. Kernel sizes have depthwise weights of their own; every other weight is shared among the
 * block's alternatives and used by prefix (TuNAS, mobile_model_v3). Squeeze-and-excitation as in MobileNetV3 §5.3.
 */
export function assembleBlock(
  builder: NetworkBuilder,
  space: MobilenetSpace,
  layout: BlockLayout,
  from: Handle,
  plan: BlockPlan,
): { readonly output: Handle; readonly mixes: readonly MixedChoice[] } {
  const { block } = layout;
  const { decision, mixed } = plan;
  const { id } = block;
  const blockMix = mixed.block;
  if (!decision.present && blockMix === undefined) return { output: from, mixes: [] };
  const mixes: MixedChoice[] = [];
  const note = (layer: string, what: ChoiceWhat, options: readonly number[]): void =>
    void mixes.push({ layer, choice: `${id}.${what}`, options });

  const branch = (expansion: number, prefix: string, inner: BlockPlan['mixed']): Handle => {
    const expanded = layout.expanded[expansion]!;
    const { activation } = block;
    const { batchNorm } = space;
    let x = from;
    if (expanded !== layout.input.c) {
      const name = `${id}.expand`;
      x = convBnAct(builder, `${prefix}.expand`, x, {
        filters: expanded,
        kernel: 1,
        activation,
        batchNorm,
        name,
      });
    }
    const { stride } = block;
    const depthwise = (option: number, layer: string): Handle => {
      const kernel = block.kernel[option]!;
      return builder.depthwise(layer, x, { kernel, stride, name: `${id}.depthwise.k${kernel}` });
    };
    const kernels = inner.kernel;
    if (kernels === undefined) x = depthwise(decision.kernel, `${prefix}.depthwise.conv`);
    else {
      const layer = `${prefix}.depthwise.mix`;
      const convs = kernels.options.map((option) =>
        depthwise(option, `${prefix}.depthwise.k${block.kernel[option]}`),
      );
      x = builder.mix(layer, convs, kernels.coefficients, kernels.gates);
      note(layer, 'kernel', kernels.options);
    }
    x = builder.batchNorm(`${prefix}.depthwise.bn`, x, { ...batchNorm, name: `${id}.depthwise.bn` });
    x = builder.activation(`${prefix}.depthwise.act`, x, activation);
    const plain = x;
    const squeezed = (): Handle =>
      builder.squeezeExcite(`${prefix}.se`, plain, {
        squeeze: makeDivisible(expanded / 4),
        gate: 'hard-sigmoid',
        name: `${id}.se`,
      });
    const switches = inner['squeeze-excite'];
    if (switches === undefined) {
      if (block.squeezeExcite[decision.squeezeExcite]) x = squeezed();
    } else {
      const layer = `${prefix}.se.mix`;
      const sides = switches.options.map((option) => (block.squeezeExcite[option] ? squeezed() : plain));
      x = builder.mix(layer, sides, switches.coefficients, switches.gates);
      note(layer, 'squeeze-excite', switches.options);
    }
    const name = `${id}.project`;
    return convBnAct(builder, `${prefix}.project`, x, { filters: block.output, kernel: 1, batchNorm, name });
  };

  let x: Handle;
  const widths = mixed.expansion;
  if (widths === undefined) x = branch(decision.expansion, id, mixed);
  else {
    const layer = `${id}.expansion.mix`;
    const branches = widths.options.map((option) =>
      option === decision.expansion
        ? branch(option, id, mixed)
        : branch(option, `${id}.e${block.expansion[option]}`, {}),
    );
    x = builder.mix(layer, branches, widths.coefficients, widths.gates);
    note(layer, 'expansion', widths.options);
  }
  if (blockMix !== undefined) {
    // The identity alternative adds nothing to the residual: it is left out, and its gate gradient is 0.
    const layer = `${id}.mix`;
    const coefficient = blockMix.coefficients[blockMix.options.indexOf(0)]!;
    x = builder.mix(layer, [x], [coefficient], blockMix.gates);
    note(layer, 'block', [0]);
  }
  const residual = block.stride === 1 && block.output === layout.input.c;
  return { output: residual ? builder.add(`${id}.add`, from, x) : x, mixes };
}
