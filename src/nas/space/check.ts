import type { Failure, Result } from '../../base/result.ts';
import { fail, ok } from '../../base/result.ts';
import type { SearchSpace } from './layout.ts';
import { spaceLayout } from './layout.ts';
import { checkOperations } from './macro.ts';
import { checkStacks } from './stacks/check.ts';

/**
 * Checks what the schema of a space cannot say.
 * Codes: `duplicate-block`, `repeated-option`, `impossible-identity`; of stacks `missing-candidates`, `impossible-stride`,
 * `impossible-depth`, too; of cells and macro spaces `repeated-option`, `odd-channels`, `impossible-partition`.
 */
export function checkSpace(space: SearchSpace): Result<SearchSpace> {
  if (space.grammar === 'stacks') return checkStacks(space);
  if (space.grammar === 'macro' || space.grammar === 'cells') {
    const found = checkOperations(space);
    return found.length === 0 ? ok(space) : fail(...found);
  }
  const failures: Failure[] = [];
  const seen = new Set<string>();
  for (const { block, input, expanded } of spaceLayout(space).blocks) {
    const { id } = block;
    if (seen.has(id)) failures.push({ code: 'duplicate-block', message: `two blocks are called ${id}` });
    seen.add(id);
    const lists = { kernel: block.kernel, expansion: expanded, squeezeExcite: block.squeezeExcite };
    for (const [what, options] of Object.entries(lists)) {
      if (new Set<unknown>(options).size === options.length) continue;
      const why = what === 'expansion' ? ` (as channels: ${expanded.join(', ')})` : '';
      failures.push({ code: 'repeated-option', message: `block ${id} lists one ${what} twice${why}` });
    }
    if (block.identity && (block.stride !== 1 || block.output !== input.c)) {
      failures.push({
        code: 'impossible-identity',
        message: `block ${id} cannot be left out: stride ${block.stride}, ${input.c} → ${block.output} channels`,
      });
    }
  }
  return failures.length === 0 ? ok(space) : fail(...failures);
}
