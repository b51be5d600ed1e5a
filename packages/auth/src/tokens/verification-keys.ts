import { type Clock, milliseconds } from '@corbel/core'
import type { KeyVault, Logger } from '@corbel/core/ports'
import { importVerifier, type VerifySignature } from './verify-signature.node.ts'

/** How long a set of keys is used before the vault is asked again: a key that was removed is refused after that everywhere. */
const freshFor = milliseconds('1s')

/** How seldom a name that is not known makes the vault be asked out of turn. */
const missPause = milliseconds('1s')

export interface VerificationKeysOptions {
  readonly clock: Clock
  readonly keyVault: KeyVault
  readonly logger: Logger
  /** Called when the set of keys is another one than before. */
  readonly onChange: () => void
}

/** What verifies with the public keys whose signatures are accepted. They come from the vault and from nowhere else. */
export class VerificationKeys {
  readonly #options: VerificationKeysOptions
  #keys: ReadonlyMap<string, VerifySignature> = new Map()
  #readAt = Number.NEGATIVE_INFINITY
  #missedAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  constructor(options: VerificationKeysOptions) {
    this.#options = options
  }

  get isFresh(): boolean {
    return this.#now() - this.#readAt < freshFor
  }

  /** Reads the keys again when they are older than 1 s. While the vault does not answer, the last ones stay in use. */
  async refresh(): Promise<void> {
    if (!this.isFresh) await this.#read()
  }

  /**
   * The key of this name, or null. A name that is not known makes the vault be asked again, at most once in 1 s, so that made-up
   * names cannot be used to keep it busy.
   */
  async find(kid: string): Promise<VerifySignature | null> {
    if (!this.#keys.has(kid) && this.#mayAskAgain()) await this.#read()
    return this.known(kid)
  }

  /** The key of this name, if it was among those that the vault gave last. */
  known(kid: string): VerifySignature | null {
    return this.#keys.get(kid) ?? null
  }

  #mayAskAgain(): boolean {
    if (this.#reading) return true
    if (this.#now() - this.#missedAt < missPause) return false
    this.#missedAt = this.#now()
    return true
  }

  #read(): Promise<void> {
    this.#reading ??= this.#load().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #load(): Promise<void> {
    this.#readAt = this.#now()
    try {
      await this.#take()
    } catch (error) {
      if (this.#keys.size === 0) {
        this.#readAt = Number.NEGATIVE_INFINITY
        throw error
      }
      this.#options.logger.warn('the signing keys could not be read again', { error })
    }
  }

  async #take(): Promise<void> {
    const { keyVault, onChange } = this.#options
    if (this.#keys.size > 0) await keyVault.refresh?.()
    const published = await keyVault.publicKeys()
    const names = new Set(published.map(({ kid }) => kid))
    const isSame = names.size === this.#keys.size && [...names].every((kid) => this.#keys.has(kid))
    if (isSame) return
    this.#keys = new Map(
      await Promise.all(published.map(async (key) => [key.kid, await importVerifier(key)] as const)),
    )
    onChange()
  }

  #now(): number {
    return this.#options.clock.now().getTime()
  }
}
