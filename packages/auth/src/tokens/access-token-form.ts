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
  /** What the signature is over; ASCII. */
  readonly signed: string
  readonly signature: Uint8Array<ArrayBuffer>
}

/**
 * Reads a compact JWS that is spelt exactly as the issuer spells it, before anything is verified; null for any other text.
 *
 * One token then has one spelling: no padding, white space or spare bits in base64url, no repeated members, escapes or spaces in
 * JSON, and in the header nothing that names a key (`jwk`, `jku`, `x5c`, `x5u`) or changes its meaning (`crit`, `b64`, `zip`).
 */
export function readAccessToken(token: string): ReadAccessToken | null {
  if (token.length > longestAccessToken) return null
  const [, head, body, tail] = form.exec(token) ?? []
  if (head === undefined || body === undefined || tail === undefined) return null
  if (!isExact(head) || !isExact(body) || !isExact(tail)) return null
  const signature = binaryOf(tail)
  if (signature.length !== signatureLength) return null
  const header = headers.get(head) ?? headerOf(head)
  if (!header) return null
  const payload = jsonOf(binaryOf(body))
  if (payload === undefined) return null
  const signed = token.slice(0, head.length + 1 + body.length)
  return { header, payload, signed, signature: bytesOf(signature) }
}

// As many as there are keys whose tokens are still good; strangers can make up others.
const mostHeaders = 16
const headers = new Map<string, AccessTokenHeader>()

/** Null for no header of an access token. The same few come with every token, so the last ones are kept as they were read. */
function headerOf(head: string): AccessTokenHeader | null {
  const header = AccessTokenHeader.safeParse(jsonOf(binaryOf(head))).data
  if (!header) return null
  if (headers.size >= mostHeaders) headers.clear()
  headers.set(head, header)
  return header
}

// RFC 4648 §5 without padding.
const form = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/

/** A last group of two or three characters has four or two bits to spare, which must be zero; one character holds no byte. */
function isExact(segment: string): boolean {
  const last = segment.at(-1) ?? ''
  switch (segment.length % 4) {
    case 0:
      return true
    case 2:
      return 'AQgw'.includes(last)
    case 3:
      return 'AEIMQUYcgkosw048'.includes(last)
    default:
      return false
  }
}

/** One character for each byte. */
const binaryOf = (segment: string): string => atob(segment.replaceAll('-', '+').replaceAll('_', '/'))

function bytesOf(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

const ascii = /^[\x20-\x7e]*$/

/** The value, if `JSON.stringify` would write it in these very bytes: it writes no member twice. Undefined otherwise. */
function jsonOf(binary: string): unknown {
  try {
    const text = ascii.test(binary) ? binary : decoder.decode(bytesOf(binary))
    const value: unknown = JSON.parse(text)
    return JSON.stringify(value) === text ? value : undefined
  } catch {
    return undefined
  }
}
