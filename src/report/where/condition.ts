import type { Span } from '../../schema/source.ts';

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | '~';

/** A field of runs as it was written, with its place. */
export interface FieldName {
  /** Parts between the dots. */
  readonly path: readonly string[];
  readonly at: Span;
}

/** What a filter asks of a run. */
export type Condition =
  | { readonly type: 'and' | 'or'; readonly all: readonly Condition[] }
  | { readonly type: 'not'; readonly of: Condition }
  /** The run has the field. */
  | { readonly type: 'has'; readonly field: FieldName }
  | {
      readonly type: 'compare';
      readonly field: FieldName;
      readonly operator: Operator;
      readonly value: string | number | boolean;
      readonly at: Span;
    };

/** The conditions without parts. */
export function simpleConditions(
  condition: Condition,
): Extract<Condition, { readonly type: 'has' | 'compare' }>[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.all.flatMap(simpleConditions);
    case 'not':
      return simpleConditions(condition.of);
    default:
      return [condition];
  }
}
