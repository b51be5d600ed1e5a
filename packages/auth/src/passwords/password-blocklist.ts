import { guessCost, type RankOf } from './guess-cost.ts'

/** Two common words and a few digits: about 26 bits. Three common words, or eight characters at random, are above. */
const leastCost = 10

let ranks: Promise<RankOf> | undefined

/** The 49,233 most used passwords, most used first. Loaded when it is needed: it takes 400 kB. */
const loadRanks = async (): Promise<RankOf> => {
  const { dictionary } = await import('@zxcvbn-ts/language-common')
  const words = new Map(dictionary['passwords-common'].map((word, rank) => [word, rank]))
  return (word) => words.get(word)
}

/**
 * Whether a password is one of the most used ones, or made of a few of them, of runs on the keyboard, repetitions and context
 * (NIST SP 800-63B-4 §3.1.1.2, ASVS 6.2.4, 6.2.11). Single entries of a list are too short for the length rule; what people
 * make of them to satisfy it is not.
 *
 * @param context - Names that belong to the account, the tenant and the product.
 */
export async function isBlocklisted(password: string, context: readonly string[]): Promise<boolean> {
  ranks ??= loadRanks()
  return guessCost(password, await ranks, context) < leastCost
}

/** Names as the parts that a password may contain. */
export const contextWords = (names: readonly (string | null)[]): readonly string[] => [
  ...new Set(
    names
      .flatMap((name) => (name === null ? [] : [name, ...name.split(/[^\p{L}\p{N}]+/u)]))
      .filter((word) => word.length > 2),
  ),
]
