import { HttpErrors } from './http-errors.ts'
import type { RequestHeaders } from './http-request.ts'

/** The strong entity tag of a version. */
export const versionTag = (version: number): string => `"${version}"`

/**
 * The version that a write is based on.
 *
 * @throws `http/precondition-required` without `If-Match`, `http/precondition-failed` unless it is one tag of ours.
 */
export function versionOf(headers: RequestHeaders): number {
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

/**
 * Whether the caller already has what `tag` names, by weak comparison (RFC 9110 §13.1.2); or, when it names no tag, what has not
 * changed since its date (§13.1.3).
 */
export function isFresh(headers: RequestHeaders, tag: string, modifiedAt: Date | null = null): boolean {
  const header = headers.get('if-none-match')
  if (header === null)
    return modifiedAt !== null && isUnmodified(headers.get('if-modified-since'), modifiedAt)
  return header.split(',').some((part) => {
    const candidate = part.trim()
    return candidate === '*' || candidate.replace(/^W\//, '') === tag
  })
}

const isUnmodified = (since: string | null, modifiedAt: Date): boolean =>
  since !== null && Date.parse(since) >= modifiedAt.getTime()
