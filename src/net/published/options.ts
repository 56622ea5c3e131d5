import type { BatchNormSettings } from '../builder-options.ts';
import type { Shape } from '../network.ts';

export interface PublishedOptions {
  /** Multiplier of the channels; default 1. */
  readonly width?: number;
  /** Default 224x224x3. */
  readonly input?: Shape;
  /** Default 1000. */
  readonly classes?: number;
}

export interface PublishedSettings {
  readonly width: number;
  readonly input: Shape;
  readonly classes: number;
  readonly batchNorm: BatchNormSettings;
}

/** Fills in what the papers use: ImageNet's 1000 classes at 224x224x3; batch norm decay 0.99, epsilon 1e-3. */
export const publishedDefaults = (options: PublishedOptions): PublishedSettings => ({
  width: options.width ?? 1,
  input: options.input ?? { h: 224, w: 224, c: 3 },
  classes: options.classes ?? 1000,
  batchNorm: { decay: 0.99, epsilon: 1e-3 },
});
