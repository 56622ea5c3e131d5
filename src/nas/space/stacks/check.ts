import type { Failure, Result } from '../../../base/result.ts';
import { fail, ok } from '../../../base/result.ts';
import type { Candidate, StacksSpace } from '../../../schema/generated/artifacts/search-space.ts';
import { expandedChannels } from './decide.ts';
import { ATTRIBUTES, optionsOf } from './layout.ts';

/**
 * Checks what the schema of a space of stacks cannot say. Codes: `duplicate-block`, `repeated-option`,
 * `missing-candidates`, `impossible-identity`, `impossible-stride`, `impossible-depth`, `odd-kernels`.
 */
export function checkStacks(space: StacksSpace): Result<StacksSpace> {
  const failures: Failure[] = [];
  const report = (code: string, message: string): void => void failures.push({ code, message });
  const distinct = (of: string, what: string, options: readonly unknown[]): void => {
    if (new Set(options).size < options.length) report('repeated-option', `${of} lists one ${what} twice`);
  };
  distinct('the space', 'side', space.sides);
  distinct('the stem', 'width', space.stem.filters);
  distinct('the stem', 'kernel', space.stem.kernel);
  distinct('the head', 'width', space.head.filters);
  distinct('the head', 'number of hidden units', space.head.hidden);
  const ids = new Set(['stem', 'head', 'resolution']);
  let widths: readonly number[] = space.stem.filters;
  for (const stack of space.stacks) {
    const { id, filters, depth, stride, same, first, others } = stack;
    const deepest = Math.max(...depth);
    const outputs = filters.length === 0 ? widths : filters;
    const own =
      deepest === 1 ? [id] : [id, ...Array.from({ length: deepest }, (_, index) => `${id}l${index}`)];
    for (const each of own) {
      if (ids.has(each)) report('duplicate-block', `two stacks or layers are called ${each}`);
      ids.add(each);
    }
    distinct(`stack ${id}`, 'width', filters);
    distinct(`stack ${id}`, 'depth', depth);
    if (depth.includes(0))
      report('impossible-depth', `stack ${id} has a depth of 0; leave layers out by identity`);
    if (depth.length > 1 && others.some(({ op }) => op === 'identity'))
      report(
        'impossible-depth',
        `stack ${id} has several depths and layers that may be left out, so that one network has two encodings; take one of the two`,
      );
    if (same !== (others.length === 0) && (same || deepest > 1)) {
      const what = same
        ? 'has the same layers, and others besides'
        : 'lacks the candidates of its other layers';
      report('missing-candidates', `stack ${id} ${what}`);
    }
    const into = (
      candidates: readonly Candidate[],
      inputs: readonly number[],
      place: string,
      step: number,
    ): void => {
      distinct(
        place,
        'candidate',
        candidates.map((candidate) => JSON.stringify(candidate)),
      );
      for (const candidate of candidates) {
        if (candidate.op === 'identity' && same)
          report('impossible-identity', `stack ${id} cannot leave out layers that are all the same`);
        const kernels = optionsOf(candidate, 'kernel') as readonly number[];
        if (space.derivedKernels && kernels.some((side) => (side - kernels[0]!) % 2 !== 0))
          report(
            'odd-kernels',
            `${place} derives kernels of the sides ${kernels.join(', ')} from one another; they must differ by even numbers`,
          );
        for (const attribute of ATTRIBUTES) distinct(place, attribute, optionsOf(candidate, attribute));
        const ratios = optionsOf(candidate, 'expansion') as readonly number[];
        const merged = inputs.find(
          (channels) =>
            new Set(ratios.map((ratio) => expandedChannels(space.rounding, channels, ratio))).size <
            ratios.length,
        );
        if (merged !== undefined && new Set(ratios).size === ratios.length)
          report('repeated-option', `${place} lists one expansion twice, of ${merged} channels`);
        const { op } = candidate;
        if (
          op === 'universal' &&
          step !== 1 &&
          optionsOf(candidate, 'start').includes(0) &&
          optionsOf(candidate, 'kernel').includes(0)
        )
          report(
            'impossible-stride',
            `${place} strides, but may have no depthwise convolution: leave 0 out of start or kernel`,
          );
      }
    };
    into(first, widths, `the first layer of ${id}`, stride);
    into(others, outputs, `another layer of ${id}`, 1);
    if (same && deepest > 1) into(first, outputs, `another layer of ${id}`, 1);
    widths = outputs;
  }
  return failures.length === 0 ? ok(space) : fail(...failures);
}
