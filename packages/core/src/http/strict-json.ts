import { isCleanText } from '../kernel/text.ts'
import type { DomainError } from '../kernel/errors.ts'
import { pointerOf } from './field-errors.ts'
import { HttpErrors } from './http-errors.ts'

/** Deep enough for any real document, shallow enough for every recursive reader behind it. */
export const deepest = 64

/** Arrays and objects included. Whoever reads a body takes about a microsecond for each, and nobody else is answered meanwhile. */
export const mostValues = 20_000

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses the I-JSON subset (RFC 7493): UTF-8, no repeated or `__proto__` key, no key with a backslash, no NUL or lone
 * surrogate in any string, no number out of range.
 *
 * @throws `http/malformed-json` `http/body-too-deep` or `http/body-too-many-values`.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const source = decode(bytes)
  const colons = scan(source)
  const value = parse(source)
  const keys = { met: 0 }
  walk(value, [], keys)
  // JSON.parse keeps the last of repeated keys, so a document with any has more colons than keys.
  if (keys.met !== colons)
    throw HttpErrors.malformedJson({ detail: 'An object in the body has the same key twice.' })
  return value
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw HttpErrors.malformedJson({ detail: 'The body is not UTF-8.' }, { cause })
  }
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source)
  } catch {
    // The cause would quote the body, which may hold a secret.
    throw HttpErrors.malformedJson(source.trim() === '' ? { detail: 'The body is empty.' } : {})
  }
}

const quote = 0x22
const backslash = 0x5c
const colon = 0x3a
const comma = 0x2c

/** Bounds the depth and the number of values, and counts the colons outside strings, without recursion and before anything is built. */
function scan(source: string): number {
  let depth = 0
  let colons = 0
  // Each value but the outermost comes after a [, a { or a comma, so there are no more than these.
  let values = 0
  for (let i = 0; i < source.length; i++) {
    const unit = source.charCodeAt(i)
    if (unit === quote) {
      i = endOfString(source, i + 1)
    } else if (unit === 0x7b || unit === 0x5b) {
      if (++depth > deepest) throw HttpErrors.bodyTooDeep()
      if (++values > mostValues) throw HttpErrors.bodyTooManyValues()
    } else if (unit === 0x7d || unit === 0x5d) {
      depth--
    } else if (unit === colon) {
      colons++
    } else if (unit === comma) {
      if (++values > mostValues) throw HttpErrors.bodyTooManyValues()
    }
  }
  return colons
}

function endOfString(source: string, start: number): number {
  for (let i = start; i < source.length; i++) {
    const unit = source.charCodeAt(i)
    if (unit === quote) return i
    if (unit === backslash) i++
  }
  return source.length
}

function walk(value: unknown, path: (string | number)[], keys: { met: number }): void {
  if (typeof value === 'string') {
    if (!isCleanText(value)) throw refusal('must be well-formed Unicode without NUL', path)
  } else if (typeof value === 'number') {
    if (!Number.isFinite(value))
      throw refusal('must be a number within the range of IEEE 754 double precision', path)
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      path.push(i)
      walk(value[i], path, keys)
      path.pop()
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const key of Object.keys(value)) {
      keys.met++
      if (key === '__proto__') throw refusal('must not have the key __proto__', path)
      if (!isCleanText(key)) throw refusal('must not have a key with NUL or a lone surrogate', path)
      // Since Node 24, JSON.parse reads "\n" and "\"" as the key \ once it has met that key after the same members
      // (nodejs/node#63785), so what was written cannot be told from it. Each key misread so has a backslash.
      if (key.includes('\\')) throw refusal('must not have a key with a backslash', path)
      path.push(key)
      walk((value as Record<string, unknown>)[key], path, keys)
      path.pop()
    }
  }
}

const refusal = (message: string, path: readonly (string | number)[]): DomainError =>
  HttpErrors.malformedJson({ errors: [{ part: 'body', pointer: pointerOf(path), message }] })
