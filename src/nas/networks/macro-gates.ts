import type { Layer, Network } from '../../net/network.ts';
import type { MacroSpace } from '../../schema/generated/artifacts/search-space.ts';
import type { Encoding } from '../space/choice.ts';
import { macroChoices } from '../space/macro.ts';
import type { GatePath, ListedOptions, MixedChoice } from './gates.ts';
import { gatesOf } from './gates.ts';

/** The layer of the space that a layer of its networks is in; nothing of stem, head and halvings. */
const placeOf = (id: string | undefined): string | undefined => id?.match(/^(l\d+)\.(?!half)/)?.[1];

/**
 * Gates in a macro space whose channels are not parted. A choice, of an operation or of a skip, decides one layer, whose shape
 * is the same for all options: the mix stands behind it, and each option is that layer as the architecture with it has it.
 *
 * @param path an architecture over the shared weights
 */
export function macroGates(
  space: MacroSpace,
  path: (encoding: Encoding) => Network,
  encoding: Encoding,
  listed?: ListedOptions,
): GatePath {
  if (space.partition !== 0)
    throw new Error('internal error: expected channels that are not parted, got parts');
  const choices = macroChoices(space);
  const active = path(encoding);
  const weights = new Map(active.weights.map((spec) => [spec.name, spec]));
  const layers: Layer[] = [];
  const gates: MixedChoice[] = [];
  /** The mix that stands behind a layer, by the layer's id. */
  const mixed = new Map<string, string>();
  const now = (id: string): string => mixed.get(id) ?? id;

  /** The layers of one place as another architecture has them; their result. */
  const alternative = (place: string, other: Encoding, prefix: string): string => {
    const network = path(other);
    const own = network.layers.filter(({ id }) => placeOf(id) === place);
    const inside = new Set(own.map(({ id }) => id));
    for (const spec of network.weights) weights.set(spec.name, spec);
    for (const layer of own) {
      const inputs = layer.inputs.map((id) => (inside.has(id) ? `${prefix}${id}` : now(id)));
      layers.push({ ...layer, id: `${prefix}${layer.id}`, inputs });
    }
    return `${prefix}${own.at(-1)!.id}`;
  };

  for (const [index, layer] of active.layers.entries()) {
    layers.push({ ...layer, inputs: layer.inputs.map(now) });
    const place = placeOf(layer.id);
    if (place === undefined || placeOf(active.layers[index + 1]?.id) === place) continue;
    for (const [at, choice] of choices.entries()) {
      if (choice.block !== place) continue;
      const found = gatesOf(choice, encoding[at]!, listed);
      if (found === undefined) continue;
      const { options, coefficients } = found;
      const inputs = options.map((option) => {
        if (option === encoding[at]) return now(layer.id);
        const other = encoding.map((own, position) => (position === at ? option : own));
        return alternative(place, other, `${choice.id}.or${option}.`);
      });
      const id = `${choice.id}.mix`;
      layers.push({ op: 'mix', id, inputs, output: layer.output, coefficients, gates: true });
      gates.push({ layer: id, choice: choice.id as MixedChoice['choice'], options });
      mixed.set(layer.id, id);
    }
  }
  return { network: { ...active, layers, weights: [...weights.values()] }, gates };
}
