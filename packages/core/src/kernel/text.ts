import * as z from 'zod'

/** No lone surrogate (a database would silently change it) and no NUL (Postgres refuses it, SQLSTATE 22021). */
export const isCleanText = (value: string): boolean => value.isWellFormed() && !value.includes('\0')

export interface TextLimits {
  /** Fewest UTF-16 code units. @default 1 */
  readonly min?: number
  /** Most UTF-16 code units. */
  readonly max: number
}

/** Free text: well-formed Unicode without NUL, trimmed, in NFC so that equal-looking values compare equal. */
export const text = ({ min = 1, max }: TextLimits) =>
  z
    .string()
    .max(max * 2)
    .refine(isCleanText, 'must be well-formed Unicode without NUL')
    .overwrite((value) => value.trim().normalize('NFC'))
    .min(min)
    .max(max)

/** A secret somebody typed: never trimmed or changed here, for every character counts. */
export const secretText = ({ min = 1, max }: TextLimits) =>
  z.string().min(min).max(max).refine(isCleanText, 'must be well-formed Unicode without NUL')

// RFC 5321 §4.5.3.1.3: a path has at most 256 octets with its brackets, so an address has 254.
const emailLength = 254

/** An e-mail address in the one form in which addresses are stored and compared: NFC, lower case. */
export const email = z
  .string()
  .max(emailLength)
  .refine(isCleanText, 'must be well-formed Unicode without NUL')
  .overwrite((value) => value.trim().normalize('NFC').toLowerCase())
  .pipe(z.email())
