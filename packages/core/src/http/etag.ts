import { HttpErrors } from './http-errors.ts'

/** The strong entity tag of a version. */
export const versionTag = (version: number): string => `"${version}"`

/**
 * The version that a write is based on.
 *
 * @throws `http/precondition-required` without `If-Match`, `http/precondition-failed` unless it is one tag of ours.
 */
export function versionOf(headers: Headers): number {
  const header = headers.get('if-match')
  if (header === null) throw HttpErrors.preconditionRequired()
  // A weak tag never matches in If-Match (RFC 9110 §13.1.1); `*` and lists would make the check mean nothing.
  const version = /^"(0|[1-9]\d{0,14})"$/.exec(header.trim())?.[1]
  if (version === undefined) {
    throw HttpErrors.preconditionFailed({
      detail: 'If-Match must hold exactly one entity tag as the ETag header gave it.',
    })
  }
  return Number(version)
}

/** Weak comparison (RFC 9110 §13.1.2): whether the caller already has what `tag` names. */
export function isFresh(headers: Headers, tag: string): boolean {
  const header = headers.get('if-none-match')
  if (header === null) return false
  return header.split(',').some((part) => {
    const candidate = part.trim()
    return candidate === '*' || candidate.replace(/^W\//, '') === tag
  })
}
