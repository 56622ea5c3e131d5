import type { Initialiser, Kernel, SqueezeExcite, Windows } from './network.ts';
import { kernelSides } from './shape.ts';

/** How batch normalisation behaves: `decay` is the weight of the old moving value. */
export interface BatchNormSettings {
  readonly decay: number;
  readonly epsilon: number;
}

/**
 * Options that many layers share. `name` is the name under which the layer's weights lie; default: the layer's id.
 * Two layers of one name share their weights.
 */
export interface Named {
  readonly name?: string;
}

/** Windows of a layer; stride and dilation 1 and SAME padding unless told. */
export interface WindowOptions extends Partial<Omit<Windows, 'kernel'>> {
  readonly kernel: Kernel;
}

export interface ConvOptions extends Named, WindowOptions {
  readonly filters: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init?: Initialiser;
}

export interface DepthwiseOptions extends Named, WindowOptions {
  readonly init?: Initialiser;
  /**
   * Makes the kernel of a larger one through these sides, the largest first and the layer's own last. The matrix
   * from side a to side b is called `<name>.<a>to<b>` and starts as the identity.
   */
  readonly through?: readonly number[];
}

export interface PoolOptions extends Omit<WindowOptions, 'dilation'> {
  readonly fn: 'average' | 'max';
}

export interface BatchNormOptions extends BatchNormSettings, Named {
  /** `stateless`: no moving statistics, those of the batch always. `frozen`: the moving ones always. */
  readonly mode?: 'stateless' | 'frozen';
  /** Start of gamma; default ones. Zeros behind a residual branch make the block begin as its shortcut. */
  readonly init?: Initialiser;
}

export interface SqueezeExciteOptions extends Named {
  readonly squeeze: number;
  readonly gate: SqueezeExcite['gate'];
  /** Of both matrices; default He-normal, fan-in. */
  readonly init?: Initialiser;
}

export interface DenseOptions extends Named {
  readonly units: number;
  readonly bias?: boolean;
  readonly init?: Initialiser;
}

/** What a layer's record says of its windows; a square kernel is one number. */
export function windowsOf({ kernel, stride = 1, dilation = 1, padding }: WindowOptions): Windows {
  const { h, w } = kernelSides(kernel);
  return {
    kernel: h === w ? h : { h, w },
    stride,
    ...(dilation === 1 ? {} : { dilation }),
    ...(padding === undefined ? {} : { padding }),
  };
}
