import { base64url, type CryptoKey } from 'jose'

const encoder = new TextEncoder()

/** HMAC-SHA-256 under one secret (RFC 2104): what is stored in place of a token, and what tokens are derived from. */
export class KeyedDigest {
  readonly #secret: string
  #key: Promise<CryptoKey> | undefined

  constructor(secret: string) {
    this.#secret = secret
  }

  /**
   * The digest in base64url, 43 characters.
   *
   * @param purpose - A constant; digests of the same text for different purposes have nothing in common.
   */
  async of(purpose: string, text: string): Promise<string> {
    this.#key ??= crypto.subtle.importKey(
      'raw',
      encoder.encode(this.#secret),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    // NUL ends the purpose: no purpose contains one, so no two pairs make the same message.
    const mac = await crypto.subtle.sign('HMAC', await this.#key, encoder.encode(`${purpose}\0${text}`))
    return base64url.encode(new Uint8Array(mac))
  }
}
