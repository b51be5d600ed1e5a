import { fromBase64url, toBase64url } from './base64url.ts'

type HmacKey = ReturnType<typeof crypto.subtle.importKey>

const encoder = new TextEncoder()

/** HMAC-SHA-256 under one secret (RFC 2104): what is stored in place of a token, and what tokens are derived from. */
export class KeyedDigest {
  readonly #secret: string
  #key: HmacKey | undefined

  constructor(secret: string) {
    this.#secret = secret
  }

  /**
   * The digest in base64url, 43 characters.
   *
   * @param purpose - A constant; digests of the same text for different purposes have nothing in common.
   */
  async of(purpose: string, text: string): Promise<string> {
    const mac = await crypto.subtle.sign('HMAC', await this.#hmacKey(), messageOf(purpose, text))
    return toBase64url(new Uint8Array(mac))
  }

  /** Whether a text is the digest, in a time that does not tell how much of it is right. */
  async matches(digest: string, purpose: string, text: string): Promise<boolean> {
    const mac = bytesOf(digest)
    return mac !== null && crypto.subtle.verify('HMAC', await this.#hmacKey(), mac, messageOf(purpose, text))
  }

  #hmacKey(): HmacKey {
    this.#key ??= crypto.subtle.importKey(
      'raw',
      encoder.encode(this.#secret),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign', 'verify'],
    )
    return this.#key
  }
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return fromBase64url(text)
  } catch {
    return null
  }
}

// NUL ends the purpose: no purpose contains one, so no two pairs make the same message.
const messageOf = (purpose: string, text: string): Uint8Array<ArrayBuffer> =>
  encoder.encode(`${purpose}\0${text}`)
