import { never } from '../../base/result.ts';
import type { Adam, OptimiserSpec } from '../../net/optimiser.ts';
import type { Builder } from './builder.ts';
import { floatBits } from './ops.ts';
import { prefixWords, type WeightGradient } from './weights.ts';

/** Emits the update of each weight; `settings` is the address of the step's figures. */
export function planOptimiser(
  builder: Builder,
  trained: readonly WeightGradient[],
  optimiser: OptimiserSpec,
  settings: number,
): void {
  const corrections = optimiser.kind === 'adam' ? countSteps(builder, trained, optimiser) : [];
  for (const [i, { name, prefix, gradient, stride }] of trained.entries()) {
    const { weight, momentum, square, spec } = builder.place(name);
    const head = [...prefixWords(weight, prefix), gradient, stride];
    const decays = spec.decay ? 1 : 0;
    switch (optimiser.kind) {
      case 'sgd': {
        const kind = [momentum, floatBits(optimiser.momentum), optimiser.nesterov ? 1 : 0];
        builder.emit('update', [...head, ...kind, decays, settings], 0, true);
        break;
      }
      case 'rmsprop': {
        const figures = [optimiser.decay, optimiser.momentum, optimiser.epsilon].map(floatBits);
        builder.emit('updateRms', [...head, square, momentum, ...figures, decays, settings], 0, true);
        break;
      }
      case 'adam': {
        const figures = [optimiser.beta1, optimiser.beta2, optimiser.epsilon].map(floatBits);
        const kind = [optimiser.decoupled ? 1 : 0, decays, settings];
        builder.emit(
          'updateAdam',
          [...head, square, momentum, corrections[i]!, ...figures, ...kind],
          0,
          true,
        );
        break;
      }
      default:
        never(optimiser);
    }
  }
  builder.meet();
}

/** Emits the count of the step that each weight takes; addresses of what its averages are divided by. */
function countSteps(builder: Builder, trained: readonly WeightGradient[], { beta1, beta2 }: Adam): number[] {
  const corrections = trained.map(({ name }) => {
    const at = builder.space.floats(2);
    builder.emit('adamFigures', [builder.place(name).steps, at, floatBits(beta1), floatBits(beta2)], 0, true);
    return at;
  });
  builder.meet();
  return corrections;
}
