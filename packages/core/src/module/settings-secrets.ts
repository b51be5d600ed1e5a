/** Long enough for 128 bits in hexadecimal. */
export const secretLength = 32

// Rare enough in random text to be refused wherever they stand: six letters of base 64, either case, are found by chance in one
// of about 10^7 secrets.
const words =
  /change-?me|changeme|password|secret|example|placeholder|insecure|replace-?me|your-|default|qwerty|0123456|1234567|abcdefg|^<.*>$/

// Too short for that: they count only between separators.
const shortWords = /(?:^|[^a-z0-9])(?:dev|test|local|demo|todo|fixme|none|null|xxx+)(?:[^a-z0-9]|$)/

const commonPasswords = new Set(['postgres', 'admin', 'root', 'guest', 'redis', 'corbel', 'pass', 'pw'])

// 32 random hexadecimal digits have fewer than 8 different ones in about one of 10^7 cases.
const fewestCharacters = 8

/**
 * Why production must not trust this secret, or null. The reason never contains a part of the secret. Of a connection string only
 * the password counts: its strength is the server's business, but a stand-in is not.
 */
export function weakness(secret: string): string | null {
  const connection = /^[a-z][a-z0-9+.-]*:\/\//i.test(secret) ? URL.parse(secret) : null
  if (connection !== null)
    return isStandInPassword(connection.password) ? 'Its password is a well-known placeholder.' : null
  if (isPlaceholder(secret)) return 'It contains a well-known placeholder word.'
  if (secret.length < secretLength) return `It is shorter than ${secretLength} characters.`
  if (new Set(secret).size < fewestCharacters || isPeriodic(secret))
    return 'It repeats itself, so it can be guessed.'
  return null
}

/** Consists of copies of a shorter text. */
const isPeriodic = (text: string): boolean => (text + text).indexOf(text, 1) < text.length

function isPlaceholder(text: string): boolean {
  const folded = text.toLowerCase().replaceAll(/[\s_]/g, '-')
  return words.test(folded) || shortWords.test(folded)
}

const isStandInPassword = (password: string): boolean =>
  password !== '' && (commonPasswords.has(password.toLowerCase()) || isPlaceholder(password))
