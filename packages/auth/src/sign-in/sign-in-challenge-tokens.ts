import { base64url } from 'jose'
import { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { SignInClient } from './sign-in.ts'

const form = /^csc_[A-Za-z0-9_-]{43}$/

/** Makes challenge tokens of 256 bits and the digests under which they are stored. */
export class SignInChallengeTokens {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  issue(): string {
    return `csc_${base64url.encode(crypto.getRandomValues(new Uint8Array(32)))}`
  }

  digestOf(token: string): Promise<string> {
    return this.#digest.of('sign-in-challenge', token)
  }

  /**
   * What a challenge is bound to. The address is no part of it: one client reaches a server over IPv4 and IPv6 in turn (RFC 8305).
   */
  clientOf({ userAgent }: SignInClient): Promise<string> {
    return this.#digest.of('sign-in-client', userAgent ?? '')
  }

  /** Whether a text can be one of these tokens at all. */
  isToken(text: string): boolean {
    return form.test(text)
  }
}
