import type { Handle, NetworkBuilder } from './builder.ts';
import type { BatchNormSettings } from './builder-options.ts';
import type { ActivationName, SqueezeExcite } from './network.ts';
import { makeDivisible } from './shape.ts';

/**
 * Units between the two layers of squeeze-and-excitation: a quarter of the expanded channels, made divisible by 8
 * (MobileNetV3), or a quarter of the channels that enter the block, at least 1 (MnasNet, EfficientNet).
 */
export function squeezeUnits(of: 'expanded' | 'input', channels: number): number {
  return of === 'expanded' ? makeDivisible(channels / 4) : Math.max(1, Math.floor(channels / 4));
}

export interface ConvBnActOptions {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  /** Absent: linear. */
  readonly activation?: ActivationName;
  readonly batchNorm: BatchNormSettings;
  /** Prefix of the weights' names; default: the block's id. */
  readonly name?: string;
}

/** Convolution without bias, batch normalisation, activation. Layers `<id>.conv`, `<id>.bn`, `<id>.act`. */
export function convBnAct(
  builder: NetworkBuilder,
  id: string,
  from: Handle,
  options: ConvBnActOptions,
): Handle {
  const { filters, kernel, stride = 1, activation, batchNorm, name = id } = options;
  const conv = builder.conv(`${id}.conv`, from, { filters, kernel, stride, name: `${name}.conv` });
  const normal = builder.batchNorm(`${id}.bn`, conv, { ...batchNorm, name: `${name}.bn` });
  return activation === undefined ? normal : builder.activation(`${id}.act`, normal, activation);
}

export interface MbconvOptions {
  /** Channels between expansion and projection; equal to the input's: no expansion convolution. */
  readonly expanded: number;
  readonly output: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation: ActivationName;
  readonly squeezeExcite?: { readonly squeeze: number; readonly gate: SqueezeExcite['gate'] };
  readonly batchNorm: BatchNormSettings;
  /** Whether the input is added where stride is 1 and channels agree; default true. */
  readonly residual?: boolean;
}

/**
 * Inverted bottleneck: 1x1 expansion, depthwise convolution, squeeze-and-excitation after its activation, linear
 * 1x1 projection, the input added where shapes allow (MobileNetV2 §3, MobileNetV3 §5.3).
 * Layers `<id>.expand.*`, `<id>.depthwise.*`, `<id>.se`, `<id>.project.*`, `<id>.add`.
 */
export function mbconv(builder: NetworkBuilder, id: string, from: Handle, options: MbconvOptions): Handle {
  const { expanded, output, kernel, stride, activation, squeezeExcite, batchNorm, residual = true } = options;
  let x = from;
  if (expanded !== from.shape.c) {
    x = convBnAct(builder, `${id}.expand`, x, { filters: expanded, kernel: 1, activation, batchNorm });
  }
  x = builder.depthwise(`${id}.depthwise.conv`, x, { kernel, stride });
  x = builder.batchNorm(`${id}.depthwise.bn`, x, batchNorm);
  x = builder.activation(`${id}.depthwise.act`, x, activation);
  if (squeezeExcite !== undefined) x = builder.squeezeExcite(`${id}.se`, x, squeezeExcite);
  x = convBnAct(builder, `${id}.project`, x, { filters: output, kernel: 1, batchNorm });
  return residual && stride === 1 && output === from.shape.c ? builder.add(`${id}.add`, from, x) : x;
}

export interface HeadOptions {
  /** Channels of the 1x1 convolution before the mean; 0: none. */
  readonly filters: number;
  /** Units after the mean; 0: none. */
  readonly hidden: number;
  /** How they are made: a dense layer with a bias (default), or a 1x1 convolution alone or with batch normalisation. */
  readonly hiddenForm?: 'bias' | 'plain' | 'batch-norm';
  readonly activation: ActivationName;
  /** Rate before the classifier; 0: no such layer. */
  readonly dropout: number;
  readonly classes: number;
  readonly batchNorm: BatchNormSettings;
  /** In front of the ids of the layers, not of the names of the weights; default none. */
  readonly prefix?: string;
}

/**
 * 1x1 convolution, global mean, hidden units, dropout, classifier (weights N(0, 0.01)).
 * Layers `head.*`, `pool`, `hidden` or `hidden.conv` and `hidden.bn`, `hidden.act`, `dropout`, `classifier`.
 */
export function head(builder: NetworkBuilder, from: Handle, options: HeadOptions): Handle {
  const { filters, hidden, hiddenForm = 'bias', activation } = options;
  const { dropout, classes, batchNorm, prefix = '' } = options;
  let x = from;
  if (filters > 0) {
    x = convBnAct(builder, `${prefix}head`, x, { filters, kernel: 1, activation, batchNorm, name: 'head' });
  }
  x = builder.globalPool(`${prefix}pool`, x);
  if (hidden > 0) {
    x =
      hiddenForm === 'bias'
        ? builder.dense(`${prefix}hidden`, x, { units: hidden, name: 'hidden' })
        : builder.conv(`${prefix}hidden.conv`, x, { filters: hidden, kernel: 1, name: 'hidden.conv' });
    if (hiddenForm === 'batch-norm')
      x = builder.batchNorm(`${prefix}hidden.bn`, x, { ...batchNorm, name: 'hidden.bn' });
    x = builder.activation(`${prefix}hidden.act`, x, activation);
  }
  if (dropout > 0) x = builder.dropout(`${prefix}dropout`, x, dropout);
  return builder.dense(`${prefix}classifier`, x, {
    units: classes,
    init: { kind: 'normal', deviation: 0.01 },
    name: 'classifier',
  });
}
