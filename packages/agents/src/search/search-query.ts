import { fold } from './fold.ts'

/** Words that stand one after the other, wanted or not. */
export interface SearchClause {
  readonly words: readonly string[]
  readonly isUnwanted: boolean
}

/** Letters and digits that belong together. Marks do too, which {@link fold} takes away. */
export const wordForm = /[\p{L}\p{N}\p{M}]+/gu

const wordsOf = (text: string): readonly string[] => fold(text).match(wordForm) ?? []

/**
 * What people type into a search field, as `websearch_to_tsquery` reads it: all words, `"words in a row"`, `or`, and `-` before what is
 * not wanted. Nothing is a mistake.
 *
 * @returns Alternatives, each of clauses that must all hold.
 */
export function parseSearch(query: string): readonly (readonly SearchClause[])[] {
  const alternatives: SearchClause[][] = [[]]
  for (const [, minus, phrase, word] of query.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    if (minus === '' && word?.toLowerCase() === 'or') alternatives.push([])
    else {
      const words = wordsOf(phrase ?? word ?? '')
      if (words.length > 0) alternatives.at(-1)?.push({ words, isUnwanted: minus === '-' })
    }
  }
  return alternatives.filter((clauses) => clauses.length > 0)
}

/** Whether a text is found by a query that {@link parseSearch} read. */
export function matchesSearch(text: string, alternatives: ReturnType<typeof parseSearch>): boolean {
  const all = wordsOf(text)
  const has = ({ words }: SearchClause) =>
    all.some((_, start) => words.every((word, index) => all[start + index] === word))
  return alternatives.some((clauses) => clauses.every((clause) => has(clause) !== clause.isUnwanted))
}
