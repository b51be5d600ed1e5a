import { DomainError } from '../kernel/errors.ts'

/** The body of a failure at an OAuth endpoint (RFC 6749 §5.2). */
export interface OAuthError {
  readonly error: string
  readonly error_description: string
}

/** Codes of catalogues that have a name of their own in RFC 6749 and its like: `oauth/invalid-grant` is `invalid_grant`. */
const ownCode = /^oauth\/([a-z-]+)$/

/** What the caller learns of a failure, as with a problem document: of a defect nothing. */
export function toOAuthError(error: unknown): OAuthError {
  if (!(error instanceof DomainError)) {
    return { error: 'server_error', error_description: 'Something went wrong on our side.' }
  }
  const { code, status, message, fix, details } = error
  const own = ownCode.exec(code)?.[1]?.replaceAll('-', '_')
  const isPassing = status === 429 || status === 503
  return {
    error: own ?? (isPassing ? 'temporarily_unavailable' : 'invalid_request'),
    error_description: printable(`${message} ${details.detail ?? fix}`),
  }
}

// RFC 6749 §5.2: %x20-21 / %x23-5B / %x5D-7E.
const printable = (text: string): string =>
  text.replaceAll('"', "'").replaceAll(/[^\x20-\x5b\x5d-\x7e]/g, '?')
