import { convBnAct } from './blocks.ts';
import type { Handle, NetworkBuilder } from './builder.ts';
import type { BatchNormSettings } from './builder-options.ts';
import type { ActivationName } from './network.ts';

export interface UibOptions {
  /** Kernel of the depthwise convolution in front of the expansion; 0: none. */
  readonly start: number;
  /** Kernel of the depthwise convolution behind the expansion; 0: none. */
  readonly middle: number;
  /** Taken by the middle depthwise convolution, or by the first where there is no middle one. */
  readonly stride: number;
  readonly expanded: number;
  readonly output: number;
  readonly activation: ActivationName;
  readonly batchNorm: BatchNormSettings;
  /** First value of a multiplier a channel behind the projection; absent: no multiplier. */
  readonly layerScale?: number;
  /** Rate at which the block is left out of its sum; only where the input is added. Default 0. */
  readonly dropPath?: number;
  /** Prefix of the weights' names; default: the block's id. Kernels of different sizes have weights of their own. */
  readonly name?: string;
}

/**
 * Universal inverted bottleneck (MobileNetV4, Qin et al. 2024 §3): optional depthwise convolution without activation,
 * 1x1 expansion, optional depthwise convolution, linear 1x1 projection, the input added where shapes allow. Without
 * `start` an inverted bottleneck, without `middle` a ConvNext-like block, with both an extra depthwise, with neither a
 * feed-forward network.
 * Layers `<id>.start.*`, `<id>.expand.*`, `<id>.middle.*`, `<id>.project.*`, `<id>.scale`, `<id>.drop`, `<id>.add`.
 */
export function universalBottleneck(
  builder: NetworkBuilder,
  id: string,
  from: Handle,
  options: UibOptions,
): Handle {
  const {
    start,
    middle,
    stride,
    expanded,
    output,
    activation,
    batchNorm,
    layerScale,
    dropPath = 0,
    name: weights = id,
  } = options;
  if (start === 0 && middle === 0 && stride !== 1) {
    throw new Error(`internal error: expected a depthwise convolution in ${id} that strides, got none`);
  }
  const depthwise = (name: string, x: Handle, kernel: number, step: number): Handle =>
    builder.batchNorm(
      `${id}.${name}.bn`,
      builder.depthwise(`${id}.${name}.conv`, x, {
        kernel,
        stride: step,
        name: `${weights}.${name}.k${kernel}`,
      }),
      { ...batchNorm, name: `${weights}.${name}.bn` },
    );
  let x = start === 0 ? from : depthwise('start', from, start, middle === 0 ? stride : 1);
  x = convBnAct(builder, `${id}.expand`, x, {
    filters: expanded,
    kernel: 1,
    activation,
    batchNorm,
    name: `${weights}.expand`,
  });
  if (middle !== 0)
    x = builder.activation(`${id}.middle.act`, depthwise('middle', x, middle, stride), activation);
  x = convBnAct(builder, `${id}.project`, x, {
    filters: output,
    kernel: 1,
    batchNorm,
    name: `${weights}.project`,
  });
  if (layerScale !== undefined)
    x = builder.scale(`${id}.scale`, x, { initial: layerScale, name: `${weights}.scale` });
  if (stride !== 1 || output !== from.shape.c) return x;
  if (dropPath > 0) x = builder.dropPath(`${id}.drop`, x, dropPath);
  return builder.add(`${id}.add`, from, x);
}
