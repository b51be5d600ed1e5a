import { base64url } from 'jose'
import { AccessTokenHeader } from './access-token.ts'

/** Longest token that is looked at, in characters. */
export const longestAccessToken = 4096

// RFC 8032 §5.1.6: an Ed25519 signature has 64 octets.
const signatureLength = 64

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface ReadAccessToken {
  readonly header: AccessTokenHeader
  /** Not verified yet. */
  readonly payload: unknown
}

/**
 * Reads a compact JWS that is spelt exactly as the issuer spells it, before anything is verified; null for any other text.
 *
 * One token then has one spelling: no padding, white space or spare bits in base64url, no repeated members, escapes or spaces in
 * JSON, and in the header nothing that names a key (`jwk`, `jku`, `x5c`, `x5u`) or changes its meaning (`crit`, `b64`, `zip`).
 */
export function readAccessToken(token: string): ReadAccessToken | null {
  if (token.length > longestAccessToken) return null
  const [head, body, signature, ...rest] = token.split('.').map(bytesOf)
  if (!head || !body || signature?.length !== signatureLength || rest.length > 0) return null
  const header = AccessTokenHeader.safeParse(jsonOf(head))
  const payload = jsonOf(body)
  return header.success && payload !== undefined ? { header: header.data, payload } : null
}

function bytesOf(segment: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]+$/.test(segment)) return null
  try {
    const bytes = base64url.decode(segment)
    return base64url.encode(bytes) === segment ? bytes : null
  } catch {
    return null
  }
}

/** The value, if `JSON.stringify` would write it in these very bytes: it writes no member twice. Undefined otherwise. */
function jsonOf(bytes: Uint8Array): unknown {
  try {
    const text = decoder.decode(bytes)
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}
