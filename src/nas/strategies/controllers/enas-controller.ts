import type { Rng } from '../../../base/rng.ts';
import type { Searchable } from '../../space/layout.ts';
import { choiceBlocks } from '../../space/layout.ts';
import type { ArchitectureController } from './controller.ts';
import { type EnasMacroOptions, enasMacroController } from './enas-macro-controller.ts';
import { macroForm } from './enas-macro-form.ts';
import { enasMicroController, microNodes } from './enas-micro-controller.ts';
import { type LstmControllerOptions, lstmController } from './lstm-controller.ts';

/**
 * ENAS's controller: of its macro or its micro space where the choices have the form of one, else of any sequence of
 * choices. Skips are of the macro space only.
 */
export function enasController(
  space: Searchable,
  rng: Rng,
  options: LstmControllerOptions & Pick<EnasMacroOptions, 'skipTarget' | 'skipWeight'>,
): ArchitectureController {
  const choices = choiceBlocks(space);
  if (macroForm(choices) !== undefined) return enasMacroController(space, rng, options);
  if (microNodes(choices) !== undefined) return enasMicroController(space, rng, options);
  return lstmController(space, rng, options);
}
