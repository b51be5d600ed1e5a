import { KeyedDigest } from '../../kernel/keyed-digest.ts'
import type { InvitationId } from './invitation.ts'

const form = /^cti_[A-Za-z0-9_-]{43}$/

/**
 * Tokens of team invitations. One follows from the pepper, the invitation and how often it was sent, so that a mail whose delivery is
 * repeated holds the identical link and neither the database nor an event holds a secret.
 */
export class InvitationTokens {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  async of(id: InvitationId, generation: number): Promise<string> {
    return `cti_${await this.#digest.of('team-invitation', `${id}:${generation}`)}`
  }

  /** What is stored of a token; null for text that is none. */
  async digestOf(token: string): Promise<string | null> {
    return form.test(token) ? this.#digest.of('team-invitation-token', token) : null
  }

  async digestFor(id: InvitationId, generation: number): Promise<string> {
    return this.#digest.of('team-invitation-token', await this.of(id, generation))
  }
}
