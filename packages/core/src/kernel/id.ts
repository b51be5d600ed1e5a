import * as z from 'zod'
import { type Clock, systemClock } from './clock.ts'
import { randomBytes } from './random.ts'

/** An identifier that says what it identifies, such as `usr_06f3…`. */
export type Id<Prefix extends string = string> = `${Prefix}_${string}`

// Crockford's base 32, lower case: sorts like the bytes it encodes and has no look-alikes.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

const timeLength = 10
const countLength = 3
const randomLength = 13

/** Of the ids of one millisecond, this many come in order: the count begins at random in the lower half of its range. */
const counts = 32 ** countLength

/**
 * A new identifier: 48 bits of milliseconds, 15 that count within one, and 65 random bits; 26 characters after the prefix.
 * Ids of one process sort by age, up to 16,384 of them in a millisecond (RFC 9562 §6.2, method 1); those of several processes
 * when their milliseconds differ.
 */
export function newId<Prefix extends string>(prefix: Prefix, clock: Clock = systemClock): Id<Prefix> {
  const time = clock.now().getTime()
  if (time === latest.time) latest.count = (latest.count + 1) % counts
  else latest = { time, head: digits(time, timeLength), count: firstCount() }
  const codes: number[] = []
  for (const byte of randomBytes(randomLength)) codes.push(alphabet.charCodeAt(byte & 31))
  return `${prefix}_${latest.head}${digits(latest.count, countLength)}${String.fromCharCode(...codes)}`
}

let latest = { time: Number.NaN, head: '', count: 0 }

function firstCount(): number {
  const [high = 0, low = 0] = randomBytes(2)
  return ((high << 8) | low) % (counts / 2)
}

function digits(value: number, length: number): string {
  let text = ''
  for (let i = 0, rest = value; i < length; i++, rest = Math.floor(rest / 32))
    text = alphabet.charAt(rest % 32) + text
  return text
}

/** Accepts only ids with this prefix, in the one spelling that {@link newId} writes. */
export function idSchema<Prefix extends string>(prefix: Prefix): z.ZodType<Id<Prefix>, Id<Prefix>> {
  const form = new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`)
  const schema = z.string().regex(form, `must be an id like ${prefix}_…`)
  // A plain string schema keeps the pattern in OpenAPI; only the static type is narrowed here.
  return schema as unknown as z.ZodType<Id<Prefix>, Id<Prefix>>
}
