import { HttpErrors } from './http-errors.ts'

const longest = 2048

// Unreserved characters only and no empty segment: nearly every path, accepted by one test.
const plain = /^(?:\/[\w.~-]+)+$|^\/$/
const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i
// RFC 3986 §3.3 pchar and the slash; everything else must come percent-encoded.
const pathCharacters = /^[\w.~!$&'()*+,;=:@%/-]*$/
// Encoded slash, backslash and controls: what they mean differs from one server to the next.
const refusedEscape = /%(?:2f|5c|[01][0-9a-f]|7f)/i

/** Whether a path, as it came over the wire, can mean only one thing to every server that reads it. */
export function isCanonicalPath(path: string): boolean {
  if (path.length > longest || dotSegment.test(path)) return false
  if (plain.test(path)) return true
  if (!path.startsWith('/') || path.includes('//') || !pathCharacters.test(path) || refusedEscape.test(path)) return false
  try {
    // Refuses stray percent signs, overlong forms and anything else that is not UTF-8.
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

export interface Target {
  readonly path: string
  /** Without the question mark. */
  readonly query: string
}

/**
 * Splits a request's URL without parsing it again: `Request.url` is already normalized.
 *
 * @throws `http/invalid-path`, or `http/not-found` for a trailing slash.
 */
export function targetOf(url: string): Target {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const hash = url.indexOf('#', start)
  const end = hash === -1 ? url.length : hash
  const mark = url.indexOf('?', start)
  const pathEnd = mark === -1 || mark > end ? end : mark
  const path = url.slice(start, pathEnd)
  if (!isCanonicalPath(path)) throw HttpErrors.invalidPath()
  if (path.length > 1 && path.endsWith('/')) {
    throw HttpErrors.notFound({ detail: 'The path ends with a slash, which no address here does. Leave it out.' })
  }
  return { path, query: pathEnd === end ? '' : url.slice(pathEnd + 1, end) }
}
