import type { CellSpace, MacroSpace } from '../../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../choice.ts';
import { parseEncoding } from '../encoding.ts';
import { enasMacroSpace, enasMicroSpace } from './enas.ts';
import type { NamedSpaceOptions } from './parts.ts';

const MACRO = [
  '0',
  '3 0',
  '0 1 0',
  '2 0 0 1',
  '2 0 0 0 0',
  '3 1 1 0 1 0',
  '2 0 0 0 0 0 1',
  '2 0 1 1 0 1 1 1',
  '1 0 1 1 1 0 1 0 1',
  '0 0 0 0 0 0 0 0 0 0',
  '2 0 0 0 0 0 1 0 0 0 0',
  '0 1 0 0 1 1 0 0 0 0 1 1',
  '2 0 1 0 0 0 0 0 1 0 1 1 0',
  '1 0 0 1 0 0 0 1 1 1 0 1 0 1',
  '0 1 1 0 1 0 1 0 0 0 0 0 1 0 0',
  '2 0 0 1 0 0 0 0 0 0 0 1 0 1 0 1',
  '2 0 1 0 0 0 1 0 0 1 1 1 1 0 0 1 0',
  '2 0 0 0 0 1 0 1 0 1 0 0 1 0 1 0 0 1',
  '3 0 1 1 0 1 0 0 0 0 0 1 0 1 0 1 0 0 0',
  '3 0 1 1 0 0 0 0 0 0 0 0 0 1 1 0 0 0 0 1',
  '0 1 0 0 1 0 1 1 0 0 0 1 0 0 0 0 0 1 1 0 0',
  '3 0 1 0 1 1 0 0 1 0 1 1 0 1 1 0 1 0 0 1 0 0',
  '0 1 0 1 0 1 0 0 0 0 0 0 0 0 1 0 1 0 0 1 0 0 0',
  '0 1 1 0 0 0 1 1 1 0 1 0 0 0 1 0 1 0 0 1 1 0 0 0',
];

const MICRO = '0 2 0 0 0 4 0 1 0 4 1 1 1 0 0 1 0 2 1 1 1 0 1 0 0 3 0 2 1 1 3 1 1 0 0 4 0 3 1 1';

/** An arc as the release writes it: it is an encoding, in the same order. */
function arc<S extends MacroSpace | CellSpace>(space: S, text: string): { space: S; encoding: Encoding } {
  const encoding = parseEncoding(space, text.split(' ').map(Number));
  if (!encoding.ok) throw new Error(`internal error: expected an arc, got ${encoding.failures[0]!.message}`);
  return { space, encoding: encoding.value };
}

/** The network that ENAS found in its macro space, as it is trained in the end: 24 layers, 96 filters. */
export const enasMacroFound = (sizes: NamedSpaceOptions = {}) =>
  arc(
    enasMacroSpace({
      ...sizes,
      layers: 24,
      filters: 96,
      operations: ['conv3', 'sep3', 'conv5', 'sep5'],
      form: 'final',
    }),
    MACRO.join(' '),
  );

/** The cells that ENAS found, as they are trained in the end: 15 normal cells, 36 filters. */
export const enasMicroFound = (sizes: NamedSpaceOptions = {}) =>
  arc(enasMicroSpace({ ...sizes, layers: 15, filters: 36, form: 'final' }), MICRO);
