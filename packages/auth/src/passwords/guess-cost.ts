// Costs are in units of about three bits: what a guesser who knows the lists below has to spend on a part.
const commonWord = 4
const rareWord = 6
const letter = 2
const digit = 1
const year = 2
/** A run along the alphabet or the keyboard, a repetition, or a word that anybody who attacks this account would try. */
const free = 1

/** Words up to this rank are common. ASVS 6.2.4 asks for the 3,000 most used passwords. */
const commonRank = 3000

const longestWord = 32

const rows = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'qwertzuiop',
  'yxcvbnm',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  '1q2w3e4r5t6y7u8i9o0p',
]
const runs = rows.flatMap((row) => [row, Array.from(row).toReversed().join('')])

const looksLike: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/** The rank of a word among the most used passwords, from 0; undefined when it is not one of them. */
export type RankOf = (word: string) => number | undefined

/**
 * What it costs at least to guess a password, part by part, in units of about three bits. Case, separators and letters written as
 * digits cost nothing.
 *
 * @param context - Words of two and more characters that an attacker of this account would try.
 */
export function guessCost(password: string, rankOf: RankOf, context: readonly string[]): number {
  const text = password.toLowerCase()
  const plain = Array.from(text, (char) => looksLike[char] ?? char).join('')
  const words = context.map((word) => word.toLowerCase()).filter((word) => word.length > 1)
  const cheapest = Array.from({ length: text.length + 1 }, () => Number.POSITIVE_INFINITY)
  cheapest[0] = 0
  for (let start = 0; start < text.length; start++) {
    const sofar = cheapest[start] ?? 0
    const upTo = (end: number, cost: number): void => {
      cheapest[end] = Math.min(cheapest[end] ?? 0, sofar + cost)
    }
    upTo(start + 1, costOfCharacter(text.charAt(start)))
    if (/^(?:19|20)\d\d/.test(text.slice(start, start + 4))) upTo(start + 4, year)
    for (const word of words) if (text.startsWith(word, start)) upTo(start + word.length, free)
    for (let end = start + 3; end <= Math.min(text.length, start + longestWord); end++) {
      const part = text.slice(start, end)
      const rank = rankOf(part) ?? rankOf(plain.slice(start, end))
      if (rank !== undefined) upTo(end, rank < commonRank ? commonWord : rareWord)
      if (runs.some((run) => run.includes(part))) upTo(end, free)
    }
    for (let length = 1; length <= start; length++) {
      const end = endOfRepetition(text, start, length)
      if (end > start) upTo(end, free)
    }
  }
  return cheapest[text.length] ?? 0
}

const costOfCharacter = (char: string): number =>
  /\p{L}/u.test(char) ? letter : /\p{N}/u.test(char) ? digit : /[\s\p{P}\p{S}]/u.test(char) ? 0 : letter

/** Where the repetition of the `length` characters before `start` ends. */
function endOfRepetition(text: string, start: number, length: number): number {
  let end = start
  while (end < text.length && text[end] === text[end - length]) end++
  return end - start >= length ? end : start
}
