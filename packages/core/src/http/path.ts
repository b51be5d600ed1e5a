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
  if (!path.startsWith('/') || path.includes('//') || !pathCharacters.test(path) || refusedEscape.test(path))
    return false
  try {
    // Refuses stray percent signs, overlong forms and anything else that is not UTF-8; then C1 controls.
    return !/[\u0080-\u009f]/.test(decodeURIComponent(path))
  } catch {
    return false
  }
}

// Everything else must come percent-encoded; a fragment is never sent.
const visibleAscii = /^[\x21\x22\x24-\x7e]*$/

export interface Target {
  readonly path: string
  /** Without the question mark. */
  readonly query: string
}

/** Path and query of a normalized URL, such as `Request.url` has, without parsing it again. */
export function requestTarget(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const hash = url.indexOf('#', start)
  return hash === -1 ? url.slice(start) : url.slice(start, hash)
}

/**
 * @param target - Path and query (RFC 9112 §3.2.1, origin-form).
 * @throws `http/invalid-path`, or `http/not-found` for a trailing slash.
 */
export function parseTarget(target: string): Target {
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  if (!isCanonicalPath(path) || !visibleAscii.test(target)) throw HttpErrors.invalidPath()
  if (path.length > 1 && path.endsWith('/')) {
    throw HttpErrors.notFound({
      detail: 'The path ends with a slash, which no address here does. Leave it out.',
    })
  }
  return { path, query: mark === -1 ? '' : target.slice(mark + 1) }
}
