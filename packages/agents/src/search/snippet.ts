import { fold } from './fold.ts'
import { parseSearch, wordForm } from './search-query.ts'

export interface Snippet {
  readonly text: string
  /** Where what was searched stands in the text, in UTF-16 code units: not markup, which the text may have of its own. */
  readonly matches: readonly { readonly start: number; readonly length: number }[]
}

const before = 60
const length = 240
// A message may have megabytes; what is found beyond is shown by its beginning.
const lookedThrough = 100_000

/** The part of a text around the first word that was searched. */
export function snippetOf(text: string, query: string): Snippet {
  const wanted = new Set(
    parseSearch(query).flatMap((clauses) =>
      clauses.flatMap(({ words, isUnwanted }) => (isUnwanted ? [] : words)),
    ),
  )
  const found = [...text.slice(0, lookedThrough).matchAll(wordForm)].filter(([word]) =>
    wanted.has(fold(word)),
  )
  const start = Math.max(0, (found[0]?.index ?? 0) - before)
  const part = text.slice(start, start + length).toWellFormed()
  return {
    text: part,
    matches: found
      .map((match) => ({ start: match.index - start, length: match[0].length }))
      .filter((match) => match.start + match.length <= part.length),
  }
}
