import { base64url } from 'jose'
import { KeyedDigest } from './keyed-digest.ts'

const form = /^crt_[A-Za-z0-9_-]{43}$/

/** Makes refresh tokens of 256 bits and the digests under which they are stored. */
export class RefreshTokens {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  /** The first token of a session. */
  first(): string {
    return `crt_${base64url.encode(crypto.getRandomValues(new Uint8Array(32)))}`
  }

  /**
   * The token that replaces another one. It follows from that one and the pepper, so a retry gets the identical token although
   * only digests are stored.
   */
  async successorOf(token: string): Promise<string> {
    return `crt_${await this.#digest.of('refresh-successor', token)}`
  }

  digestOf(token: string): Promise<string> {
    return this.#digest.of('refresh-token', token)
  }

  /** Whether a text can be one of these tokens at all. */
  isToken(text: string): boolean {
    return form.test(text)
  }
}
