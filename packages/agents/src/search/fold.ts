// What Unicode does not decompose, though people type it without.
const letters: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
}

/**
 * Text as it is searched: lower case, without accents. In a database `unaccent` would need an extension, and is not immutable, so that no
 * index could stand on it.
 */
export const fold = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/[ßæœøđðłþħı]/g, (letter) => letters[letter] ?? letter)

// 1 MiB is the most that a tsvector holds (Postgres, "Text Search Limitations"); the rest of a longer message is not searched.
const searchedLength = 100_000

/** What of a text is searched; without what a database refuses. */
export const searchable = (text: string): string =>
  fold(text.slice(0, searchedLength)).toWellFormed().replaceAll('\0', ' ')
