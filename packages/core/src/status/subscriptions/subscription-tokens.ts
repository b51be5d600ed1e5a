import type { Id } from '../../kernel/id.ts'
import { KeyedDigest } from '../../kernel/keyed-digest.ts'
import type { Channel } from './subscription.ts'

const form = /^(sbr_[0-9a-z]{26})\.([A-Za-z0-9_-]{43})$/

/**
 * Tokens that follow from the pepper and the subscription, so that a mail whose delivery is repeated is the identical one and neither
 * the database nor an event holds a secret.
 */
export class SubscriptionTokens {
  readonly #digest: KeyedDigest

  constructor(pepper: string) {
    this.#digest = new KeyedDigest(pepper)
  }

  /** @param generation - How often it was asked for: earlier tokens stop working. */
  async toConfirm(id: Id<'sbr'>, generation: number): Promise<string> {
    return `${id}.${await this.#digest.of('status-confirm', `${id}:${generation}`)}`
  }

  async toUnsubscribe(id: Id<'sbr'>): Promise<string> {
    return `${id}.${await this.#digest.of('status-unsubscribe', id)}`
  }

  /** What a token says that it is of; it is not proved yet. Null for text that is none. */
  idIn(token: string): Id<'sbr'> | null {
    return (form.exec(token)?.[1] ?? null) as Id<'sbr'> | null
  }

  async confirms(token: string, id: Id<'sbr'>, generation: number): Promise<boolean> {
    const [, of, mac = ''] = form.exec(token) ?? []
    return of === id && this.#digest.matches(mac, 'status-confirm', `${id}:${generation}`)
  }

  async unsubscribes(token: string): Promise<Id<'sbr'> | null> {
    const [, , mac = ''] = form.exec(token) ?? []
    const id = this.idIn(token)
    return id !== null && (await this.#digest.matches(mac, 'status-unsubscribe', id)) ? id : null
  }

  /** What is unique about a target. */
  digestOf(channel: Channel, target: string): Promise<string> {
    return this.#digest.of('status-target', `${channel}:${target}`)
  }
}
