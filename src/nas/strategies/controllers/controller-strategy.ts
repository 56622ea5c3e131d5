import type { Json } from '../../../base/canonical.ts';
import { canonicalEncoding, type Encoding, encodingKey } from '../../space/encoding.ts';
import type { Searchable } from '../../space/layout.ts';
import { drawAcceptable, type Operators, type SearchStrategy } from '../strategy.ts';
import type { ArchitectureController, Rewarded } from './controller.ts';

export interface ControllerStrategyOptions {
  /** Evaluations an update. */
  readonly batch: number;
  /** Learning rate of the update that so many evaluations have led to. */
  readonly rate: (evaluations: number) => number;
  /** What a proposal must meet; the controller draws again until it does. */
  readonly operators?: Pick<Operators, 'allowed' | 'demand'>;
  /** Draws before a proposal is given up; default 1000. */
  readonly attempts?: number;
}

interface Saved {
  readonly controller: Json;
  readonly evaluations: number;
  readonly batch: readonly Rewarded[];
}

/**
 * A controller as a search strategy: it proposes the networks that it draws, and is updated after every so many
 * evaluations, by the sequences that were drawn. To be saved when what was proposed has been fed back.
 */
export function controllerStrategy(
  space: Searchable,
  controller: ArchitectureController,
  { batch: size, rate, operators = {}, attempts = 1000 }: ControllerStrategyOptions,
): SearchStrategy {
  let batch: Rewarded[] = [];
  let evaluations = 0;
  /** Canonical encoding → the sequence that it was drawn as, of proposals without feedback. */
  const sequences = new Map<string, Encoding>();
  return {
    propose: (rng) => {
      const drawn = drawAcceptable({ operators, attempts }, () => controller.propose(rng));
      if (!drawn.ok) return drawn;
      const encoding = canonicalEncoding(space, drawn.value.encoding);
      sequences.set(encodingKey(encoding), drawn.value.encoding);
      return { ok: true, value: { encoding } };
    },
    feedback(encoding, { fitness }) {
      const key = encodingKey(encoding);
      batch.push({ encoding: sequences.get(key) ?? encoding, reward: fitness });
      sequences.delete(key);
      evaluations += 1;
      if (batch.length < size) return;
      controller.feedback(batch, rate(evaluations));
      batch = [];
    },
    save() {
      const { state, tensors } = controller.save();
      const saved: Saved = { controller: state, evaluations, batch: [...batch] };
      return { state: saved as unknown as Json, tensors };
    },
    restore({ state, tensors }) {
      const saved = state as unknown as Saved;
      controller.restore({ state: saved.controller, tensors });
      evaluations = saved.evaluations;
      batch = [...saved.batch];
    },
  };
}
