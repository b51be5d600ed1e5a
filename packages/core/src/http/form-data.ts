import type { FieldError } from '../kernel/errors.ts'
import { isCleanText } from '../kernel/text.ts'
import { pointerOf } from './field-errors.ts'
import { HttpErrors } from './http-errors.ts'

const mostFields = 1000

/**
 * Parses `application/x-www-form-urlencoded`, of a query or a body: UTF-8 only, each name at most once, no NUL.
 *
 * @throws `http/invalid-request`
 */
export function parseForm(source: string, part: FieldError['part']): Record<string, string> {
  const fields: Record<string, string> = {}
  if (source === '') return fields
  const pairs = source.split('&')
  if (pairs.length > mostFields)
    throw HttpErrors.invalidRequest({ detail: `More than ${mostFields} fields.` })
  for (const pair of pairs) {
    if (pair === '') continue
    const mark = pair.indexOf('=')
    const name = decode(mark === -1 ? pair : pair.slice(0, mark), part)
    const value = mark === -1 ? '' : decode(pair.slice(mark + 1), part)
    if (name === '__proto__') throw refusal(part, name, 'is not a known key')
    if (Object.hasOwn(fields, name)) throw refusal(part, name, 'must be given once only')
    if (!isCleanText(value) || !isCleanText(name)) throw refusal(part, name, 'must be without NUL')
    fields[name] = value
  }
  return fields
}

function decode(text: string, part: FieldError['part']): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (cause) {
    throw HttpErrors.invalidRequest({ detail: `The ${part} is not percent-encoded UTF-8.` }, { cause })
  }
}

const refusal = (part: FieldError['part'], name: string, message: string) =>
  HttpErrors.invalidRequest({ errors: [{ part, pointer: pointerOf([name]).slice(0, 200), message }] })
