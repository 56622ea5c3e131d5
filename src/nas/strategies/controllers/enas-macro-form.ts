import type { ChoiceBlock } from '../../space/layout.ts';

/** A choice that every layer makes before its skips. */
export interface LayerHead {
  /** Behind the names of its parameters: empty for a layer's operation, else `-start:2`, `-count:2`. */
  readonly name: string;
  readonly options: number;
  /** How many of the options, from the first on, go together with each option of the head before; absent: all. */
  readonly limit?: readonly number[];
}

/** What choices of the form of ENAS's macro space are. */
export interface MacroForm {
  readonly layers: number;
  /** A layer's operation, or start and count of each operation's channels. */
  readonly heads: readonly LayerHead[];
}

/**
 * Layers and heads of ENAS's macro space, where the choices have its form: for each layer its heads (everywhere the same),
 * then for each earlier layer whether it is joined to it. Nothing where they have another form.
 */
export function macroForm(choices: readonly ChoiceBlock[]): MacroForm | undefined {
  const heads = headsOf(choices);
  const per = heads.length;
  let layers = 0;
  let length = 0;
  while (length < choices.length) {
    length += per + layers;
    layers += 1;
  }
  if (per === 0 || layers < 2 || length !== choices.length) return undefined;
  let at = 0;
  for (let layer = 0; layer < layers; layer++) {
    const own = choices.slice(at, at + per);
    const skips = choices.slice(at + per, at + per + layer);
    const start = at;
    const same = own.every(
      (choice, k) => choice.when === undefined && sameHead(choice, heads[k]!, start + k - 1),
    );
    const switches = skips.every(
      ({ options, when, limit }) => options.length === 2 && when === undefined && limit === undefined,
    );
    if (!same || !switches) return undefined;
    at += per + layer;
  }
  return { layers, heads };
}

/** The heads of the first layer, which has no skips: one, or pairs of which the second is limited by the first. */
function headsOf(choices: readonly ChoiceBlock[]): LayerHead[] {
  const [first, second] = choices;
  if (first === undefined) return [];
  if (second?.limit === undefined) return [{ name: '', options: first.options.length }];
  const heads: LayerHead[] = [];
  for (let at = 0; choices[at]?.block === first.block; at += 2) {
    const [start, count] = [choices[at]!, choices[at + 1]];
    if (count?.limit?.position !== at) return [];
    heads.push(
      { name: `-start:${at / 2}`, options: start.options.length },
      { name: `-count:${at / 2}`, options: count.options.length, limit: count.limit.options },
    );
  }
  return heads;
}

const sameHead = ({ options, limit }: ChoiceBlock, head: LayerHead, before: number): boolean =>
  options.length === head.options &&
  (limit === undefined) === (head.limit === undefined) &&
  (limit === undefined ||
    (limit.position === before && limit.options.every((most, k) => most === head.limit![k])));
