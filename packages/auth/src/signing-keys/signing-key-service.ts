import {
  addMilliseconds,
  before,
  type Clock,
  type Duration,
  hostOrigin,
  milliseconds,
  type Origin,
  type Transaction,
} from '@corbel/core'
import type {
  DomainEvent,
  EventRecorder,
  KeyRotation,
  KeyVault,
  SigningKeyStanding,
} from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { AuthEvents } from '../auth-events.ts'
import { clockTolerance, longestLifetime } from '../tokens/access-token.ts'
import type { SigningKeySet } from './signing-key.ts'

export interface SigningKeyServiceDeps {
  readonly keyVault: KeyVault
  readonly clock: Clock
  readonly maxAge: Duration
  readonly transaction: Transaction<{ readonly events: EventRecorder }>
}

/** Seconds until every process has taken over new keys, with as many to spare. */
const takeOver = 10

export class SigningKeyService {
  readonly #deps: SigningKeyServiceDeps

  constructor(deps: SigningKeyServiceDeps) {
    this.#deps = deps
  }

  /** How long others may keep the keys. */
  get maxAge(): Duration {
    return this.#deps.maxAge
  }

  /** Every key whose signatures are accepted. */
  async list(): Promise<SigningKeySet> {
    return { keys: [...(await this.#deps.keyVault.publicKeys())] }
  }

  /** When {@link list} last changed; null when the vault does not know, and for 2 s, in which it may change again within one second. */
  async changedAt(): Promise<Date | null> {
    const { keyVault, clock } = this.#deps
    const changedAt = await keyVault.publicKeysChangedAt?.()
    return changedAt && changedAt < before(clock.now(), '2s') ? changedAt : null
  }

  /** Where each key stands in its rotation, oldest first. @throws `auth/keys-rotated-elsewhere` */
  async standings(): Promise<readonly SigningKeyStanding[]> {
    return this.#rotation.list()
  }

  /** Shows a new key to whoever verifies; nothing is signed with it yet. @throws `auth/keys-rotated-elsewhere` */
  async publish(origin: Origin = hostOrigin): Promise<SigningKeyStanding> {
    const key = await this.#rotation.publish()
    await this.#record(AuthEvents.signingKeyPublished(null, { kid: key.kid }, origin))
    return key
  }

  /**
   * Signs with a published key from now on. It must have been published for as long as others may keep the keys.
   *
   * @throws `auth/keys-rotated-elsewhere`, `key-store/key-not-found`, `key-store/wrong-state`, `key-store/too-early`
   */
  async activate(kid: string, origin: Origin = hostOrigin): Promise<void> {
    const age = milliseconds(this.#deps.maxAge) + takeOver * 1000
    await this.#rotation.activate(kid, addMilliseconds(this.#deps.clock.now(), -age))
    await this.#record(AuthEvents.signingKeyActivated(null, { kid }, origin))
  }

  /**
   * Removes a key that another has replaced, once no token that it signed can be valid any more. With `compromised` at once: every
   * process refuses its tokens a second later.
   *
   * @throws `auth/keys-rotated-elsewhere`, `key-store/key-not-found`, `key-store/wrong-state`, `key-store/too-early`
   */
  async remove(
    kid: string,
    { compromised = false }: { readonly compromised?: boolean } = {},
    origin: Origin = hostOrigin,
  ): Promise<void> {
    const age = (longestLifetime + clockTolerance + takeOver) * 1000
    const before = compromised ? null : addMilliseconds(this.#deps.clock.now(), -age)
    await this.#rotation.remove(kid, before)
    await this.#record(AuthEvents.signingKeyRemoved(null, { kid, compromised }, origin))
  }

  get #rotation(): KeyRotation {
    const { rotation } = this.#deps.keyVault
    if (!rotation) throw AuthErrors.keysRotatedElsewhere()
    return rotation
  }

  #record(event: DomainEvent): Promise<void> {
    return this.#deps.transaction(({ events }) => events.record(event))
  }
}
