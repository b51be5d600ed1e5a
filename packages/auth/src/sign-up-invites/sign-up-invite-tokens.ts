import type { KeyedDigest } from '../tokens/keyed-digest.ts'
import type { SignUpInviteId } from './sign-up-invite.ts'

const form = /^csi_[A-Za-z0-9_-]{43}$/

/** Makes the tokens of invitations to sign up, 256 bits, and the digests under which they are stored. */
export class SignUpInviteTokens {
  readonly #digest: KeyedDigest

  constructor(digest: KeyedDigest) {
    this.#digest = digest
  }

  /** The token of an invitation: it follows from the id and the pepper, so that a mail can be sent again and an event holds no secret. */
  async tokenOf(id: SignUpInviteId): Promise<string> {
    return `csi_${await this.#digest.of('sign-up-invite', id)}`
  }

  digestOf(token: string): Promise<string> {
    return this.#digest.of('sign-up-invite-token', token)
  }

  /** Whether a text can be one of these tokens at all. */
  isToken(text: string): boolean {
    return form.test(text)
  }
}
