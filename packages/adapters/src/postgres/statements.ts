// Every name keeps a plan in the memory of each connection's server process.
const mostNames = 500

export interface Statement {
  /** Under which it is prepared; undefined beyond 500 of them, for text that is never the same again would go on for ever. */
  readonly name: string | undefined
  /** Whether it reads without locking. */
  readonly isRead: boolean
}

/** What is known of statements, by their text. */
export class Statements {
  readonly #known = new Map<string, Statement>()

  of(text: string): Statement {
    const known = this.#known.get(text)
    if (known) return known
    if (this.#known.size >= mostNames) return { name: undefined, isRead: isRead(text) }
    const statement = { name: `corbel_${this.#known.size}`, isRead: isRead(text) }
    this.#known.set(text, statement)
    return statement
  }
}

const isRead = (text: string): boolean =>
  /^\s*select\b/i.test(text) && !/\bfor\s+(?:(?:no\s+key\s+)?update|(?:key\s+)?share)\b/i.test(text)
