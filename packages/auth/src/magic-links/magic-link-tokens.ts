import { base64url } from 'jose'
import type { UserId } from '../users/user.ts'
import { KeyedDigest } from '../tokens/keyed-digest.ts'

const form = /^cml_[A-Za-z0-9_-]{43}$/

// A million codes. Guesses are counted against the account (NIST SP 800-63B-4 §3.1.3.3 asks for 20 bits then).
const codeLength = 6

/** Makes the tokens and codes of mails that sign in, and the digests under which they are stored. */
export class MagicLinkTokens {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  /** The token that the mail of an event carries: it follows from the event and the pepper, so the event holds no secret. */
  async tokenOf(eventId: string): Promise<string> {
    return `cml_${await this.#digest.of('magic-link', eventId)}`
  }

  /** The code of the same mail. */
  async codeOf(eventId: string): Promise<string> {
    const bytes = base64url.decode(await this.#digest.of('magic-code', eventId))
    // 48 bits make no code more probable than another by a noticeable amount.
    const number = bytes.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0)
    return String(number % 10 ** codeLength).padStart(codeLength, '0')
  }

  digestOf(token: string): Promise<string> {
    return this.#digest.of('magic-link-token', token)
  }

  /** Differs for each account: nobody looks for one code among the digests of all. */
  codeDigestOf(userId: UserId, code: string): Promise<string> {
    return this.#digest.of('magic-link-code', `${userId}${code}`)
  }

  /** Names an address without telling it. */
  quotaKeyOf(email: string): Promise<string> {
    return this.#digest.of('magic-link-quota', email)
  }

  /** Whether a text can be one of these tokens at all. */
  isToken(text: string): boolean {
    return form.test(text)
  }
}

/** RFC 7636 §4.2, S256. */
export async function codeChallengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64url.encode(new Uint8Array(digest))
}
