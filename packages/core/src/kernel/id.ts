import * as z from 'zod'
import { type Clock, systemClock } from './clock.ts'
import { randomBytes } from './random.ts'

/** An identifier that says what it identifies, such as `usr_06f3…`. */
export type Id<Prefix extends string = string> = `${Prefix}_${string}`

// Crockford's base 32, lower case: sorts like the bytes it encodes and has no look-alikes.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const timeLength = 10
const randomLength = 16

/**
 * A new identifier: 48 bits of milliseconds, then 80 random bits, 26 characters after the prefix.
 * Ids made in different milliseconds sort by age; within one millisecond their order is random.
 */
export function newId<Prefix extends string>(prefix: Prefix, clock: Clock = systemClock): Id<Prefix> {
  let time = clock.now().getTime()
  let head = ''
  for (let i = 0; i < timeLength; i++) {
    head = alphabet.charAt(time % 32) + head
    time = Math.floor(time / 32)
  }
  let tail = ''
  for (const byte of randomBytes(randomLength)) tail += alphabet.charAt(byte & 31)
  return `${prefix}_${head}${tail}`
}

/** Accepts only ids with this prefix, in the one spelling that {@link newId} writes. */
export function idSchema<Prefix extends string>(prefix: Prefix): z.ZodType<Id<Prefix>, Id<Prefix>> {
  const form = new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`)
  const schema = z.string().regex(form, `must be an id like ${prefix}_…`)
  // A plain string schema keeps the pattern in OpenAPI; only the static type is narrowed here.
  return schema as unknown as z.ZodType<Id<Prefix>, Id<Prefix>>
}
