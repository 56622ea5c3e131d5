import { fail, ok, type Result } from '../../base/result.ts';
import type { Problem } from '../../schema/problem.ts';
import type { Source, Span } from '../../schema/source.ts';
import type { Condition, FieldName, Operator } from './condition.ts';

/**
 * What runs are filtered by:
 *
 *     condition = all { "or" all }
 *     all       = each { "and" each }
 *     each      = "not" each | "(" condition ")" | field [ operator value ]
 *     field     = name { "." name }          name: a word, or any text in double quotes
 *     operator  = "=" | "!=" | "<" | "<=" | ">" | ">=" | "~"
 *     value     = a number | true | false | a word | a text in double or single quotes
 *
 * `~`: contains. A field alone: the run has it.
 */

interface Token {
  readonly type: 'word' | 'text' | 'number' | 'operator' | 'sign' | 'end';
  readonly text: string;
  readonly at: Span;
}

const PATTERN =
  /\s*(?:(?<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w.-]))|(?<word>[A-Za-z0-9_][\w/:-]*)|(?<text>"[^"]*"|'[^']*')|(?<operator><=|>=|!=|[=<>~])|(?<sign>[().]))/y;

class Wrong extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

function tokens(source: Source): Token[] {
  const found: Token[] = [];
  const { text } = source;
  PATTERN.lastIndex = 0;
  for (let offset = 0; ; ) {
    PATTERN.lastIndex = offset;
    const match = PATTERN.exec(text);
    if (!match) {
      const rest = text.slice(offset).trimStart();
      const at = { source, offset: text.length - rest.length, length: Math.min(1, rest.length) };
      if (rest === '') return [...found, { type: 'end', text: '', at }];
      const message = /^["']/.test(rest)
        ? 'a text without its closing quote'
        : `"${rest[0]}" has no meaning here`;
      throw new Wrong({ code: 'filter-syntax', message, at });
    }
    const [type, part] = Object.entries(match.groups!).find(([, value]) => value !== undefined)!;
    const start = PATTERN.lastIndex - part!.length;
    const inner = type === 'text' ? part!.slice(1, -1) : part!;
    found.push({
      type: type as Token['type'],
      text: inner,
      at: { source, offset: start, length: part!.length },
    });
    offset = PATTERN.lastIndex;
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not']);

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(type: Token['type'], text?: string): Token | undefined {
    const token = this.#peek();
    if (token.type !== type || (text !== undefined && token.text !== text)) return undefined;
    this.#next++;
    return token;
  }

  #wrong(wanted: string): never {
    const { type, text, at } = this.#peek();
    const message = `expected ${wanted}, got ${type === 'end' ? 'the end' : `"${text}"`}`;
    throw new Wrong({ code: 'filter-syntax', message, at });
  }

  whole(): Condition {
    const condition = this.#joined('or', () => this.#joined('and', () => this.#each()));
    return this.#peek().type === 'end' ? condition : this.#wrong('"and", "or" or the end');
  }

  #joined(word: 'and' | 'or', part: () => Condition): Condition {
    const all = [part()];
    while (this.#take('word', word)) all.push(part());
    return all.length === 1 ? all[0]! : { type: word, all };
  }

  #each(): Condition {
    if (this.#take('word', 'not')) return { type: 'not', of: this.#each() };
    if (this.#take('sign', '(')) {
      const inner = this.#joined('or', () => this.#joined('and', () => this.#each()));
      return this.#take('sign', ')') ? inner : this.#wrong('")"');
    }
    const field = this.#field();
    const operator = this.#take('operator');
    if (!operator) return { type: 'has', field };
    const value = this.#take('number') ?? this.#take('text') ?? this.#take('word');
    if (!value) return this.#wrong(`a value after ${operator.text}`);
    return {
      type: 'compare',
      field,
      operator: operator.text as Operator,
      value: literal(value),
      at: operator.at,
    };
  }

  #field(): FieldName {
    const first = this.#peek();
    if (first.type === 'word' && KEYWORDS.has(first.text))
      return this.#wrong('a field, as in evaluate.accuracy');
    const path: string[] = [];
    do {
      const name = this.#take('word') ?? this.#take('text');
      if (!name)
        return this.#wrong(path.length === 0 ? 'a field, as in evaluate.accuracy' : 'a name after "."');
      path.push(name.text);
    } while (this.#take('sign', '.'));
    const { at } = this.#tokens[this.#next - 1]!;
    const { source, offset } = first.at;
    return { path, at: { source, offset, length: at.offset + at.length - offset } };
  }
}

function literal({ type, text }: Token): string | number | boolean {
  if (type === 'number') return Number(text);
  return type === 'word' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** Reads a filter. Fails with `filter-syntax` at the place where it stops making sense. */
export function parseCondition(text: string): Result<Condition, Problem> {
  try {
    return ok(new Parser(tokens({ name: '--where', text })).whole());
  } catch (error) {
    if (error instanceof Wrong) return fail(error.problem);
    throw error;
  }
}
