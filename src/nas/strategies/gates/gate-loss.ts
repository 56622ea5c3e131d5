import type { Result } from '../../../base/result.ts';
import { fail, never, ok } from '../../../base/result.ts';
import { costText } from '../../costs/cost.ts';
import type { CostRange, CostUnit } from '../../costs/model.ts';

/**
 * How cross-entropy and expected cost become the loss of the gates (ProxylessNAS, release §5.3):
 * - `add#linear`: CE + lambda · (E − reference) / reference, lambda 0.1 unless given;
 * - `mul#log`: alpha · CE · (log E / log reference)^beta, alpha 0.2 and beta 0.3 unless given; costs must exceed 1.
 */
export type GateLossSpec =
  | { readonly kind: 'add#linear'; readonly reference: number; readonly lambda?: number }
  | { readonly kind: 'mul#log'; readonly reference: number; readonly alpha?: number; readonly beta?: number };

export interface GateLoss {
  readonly value: number;
  /** Derivatives. */
  readonly byCrossEntropy: number;
  readonly byCost: number;
}

/** The loss and its derivatives at one cross-entropy and expected cost. */
export function gateLoss(spec: GateLossSpec, crossEntropy: number, expectedCost: number): GateLoss {
  switch (spec.kind) {
    case 'add#linear': {
      const { reference, lambda = 0.1 } = spec;
      return {
        value: crossEntropy + (lambda * (expectedCost - reference)) / reference,
        byCrossEntropy: 1,
        byCost: lambda / reference,
      };
    }
    case 'mul#log': {
      const { reference, alpha = 0.2, beta = 0.3 } = spec;
      const ratio = Math.log(expectedCost) / Math.log(reference);
      const factor = alpha * ratio ** beta;
      return {
        value: crossEntropy * factor,
        byCrossEntropy: factor,
        byCost: (crossEntropy * factor * beta) / (Math.log(expectedCost) * expectedCost),
      };
    }
    default:
      return never(spec);
  }
}

/** Code `cost-below-one`: `mul#log` takes logarithms of costs, which must all exceed 1 in their unit. */
export function checkGateLoss(spec: GateLossSpec, range: CostRange, unit: CostUnit): Result<GateLossSpec> {
  if (spec.kind !== 'mul#log' || (spec.reference > 1 && range.min > 1)) return ok(spec);
  return fail({
    code: 'cost-below-one',
    message: `the loss mul#log needs costs above 1 ${unit}; here they start at ${costText(range.min, unit)} with a reference of ${costText(spec.reference, unit)}: use add#linear`,
  });
}
