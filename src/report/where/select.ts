import { never } from '../../base/result.ts';
import { didYouMean } from '../../schema/nearest.ts';
import type { Problem } from '../../schema/problem.ts';
import { type Condition, type Operator, simpleConditions } from './condition.ts';
import type { RunFact, RunFacts } from './facts.ts';

/**
 * What makes no sense about a condition, given what the runs have: a field that none of them has, an order asked of
 * something that is a number in none. Empty when it can be asked.
 */
export function conditionProblems(condition: Condition, runs: readonly RunFacts[]): Problem[] {
  const known = [...new Set(runs.flatMap((facts) => [...facts.keys()]))];
  return simpleConditions(condition).flatMap((simple): Problem[] => {
    const name = simple.field.path.join('.');
    if (!known.includes(name)) {
      const same = known.filter((other) => other.startsWith(`${simple.field.path[0]}.`)).slice(0, 8);
      const guess = didYouMean(name, known);
      const message = `no run here has "${name}"${guess}`;
      const hints = guess === '' && same.length > 0 ? [`There is ${same.join(', ')} …`] : [];
      return [{ code: 'unknown-field', message, at: simple.field.at, ...(hints.length > 0 && { hints }) }];
    }
    if (simple.type === 'has' || !['<', '<=', '>', '>='].includes(simple.operator)) return [];
    const values = runs.flatMap((facts) => facts.get(name) ?? []);
    const ordered = typeof simple.value === 'number' ? 'number' : 'string';
    if (values.some((value) => typeof value === ordered)) return [];
    const what = typeof simple.value === 'number' ? 'a number' : 'a text';
    const example = values[0] === undefined ? '' : `: it is ${JSON.stringify(values[0])}`;
    const message = `${simple.operator} compares with ${what}, and "${name}" is none in any run${example}`;
    return [{ code: 'filter-type', message, at: simple.at }];
  });
}

/**
 * Whether a run is as the condition says. A run without a field that is compared is not. Of several values one is
 * enough; `!=` says that none is so.
 */
export function holds(condition: Condition, facts: RunFacts): boolean {
  switch (condition.type) {
    case 'and':
      return condition.all.every((each) => holds(each, facts));
    case 'or':
      return condition.all.some((each) => holds(each, facts));
    case 'not':
      return !holds(condition.of, facts);
    case 'has': {
      const value = facts.get(condition.field.path.join('.'));
      return value !== undefined && (!Array.isArray(value) || value.length > 0);
    }
    case 'compare': {
      const value = facts.get(condition.field.path.join('.'));
      return value !== undefined && compare(value, condition.operator, condition.value);
    }
  }
}

function compare(found: RunFact, operator: Operator, wanted: string | number | boolean): boolean {
  if (typeof found === 'object') {
    const has = (each: Operator): boolean => found.some((item) => compare(item, each, wanted));
    return operator === '!=' ? !has('=') : has(operator);
  }
  switch (operator) {
    case '=':
      return String(found) === String(wanted);
    case '!=':
      return !compare(found, '=', wanted);
    case '~':
      return String(found).toLowerCase().includes(String(wanted).toLowerCase());
    case '<':
    case '<=':
    case '>':
    case '>=': {
      if (typeof found !== typeof wanted) return false;
      if (operator === '<') return found < wanted;
      if (operator === '<=') return found <= wanted;
      return operator === '>' ? found > wanted : found >= wanted;
    }
    default:
      return never(operator);
  }
}
