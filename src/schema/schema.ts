/** A JSON schema as far as this room looks into it. */
export interface Schema {
  readonly [keyword: string]: unknown;
}
