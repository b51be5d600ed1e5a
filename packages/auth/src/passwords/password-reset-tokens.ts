import { KeyedDigest } from '../tokens/keyed-digest.ts'

const form = /^cpr_[A-Za-z0-9_-]{43}$/

/** Makes the tokens of reset mails, 256 bits, and the digests under which they are stored. */
export class PasswordResetTokens {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  /** The token that the mail of an event carries: it follows from the event and the pepper, so the event holds no secret. */
  async tokenOf(eventId: string): Promise<string> {
    return `cpr_${await this.#digest.of('password-reset', eventId)}`
  }

  digestOf(token: string): Promise<string> {
    return this.#digest.of('password-reset-token', token)
  }

  /** Names an address without telling it. */
  quotaKeyOf(email: string): Promise<string> {
    return this.#digest.of('password-reset-quota', email)
  }

  /** Whether a text can be one of these tokens at all. */
  isToken(text: string): boolean {
    return form.test(text)
  }
}
