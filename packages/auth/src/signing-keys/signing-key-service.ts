import type { Duration } from '@corbel/core'
import type { KeyVault } from '@corbel/core/ports'
import type { SigningKeySet } from './signing-key.ts'

export interface SigningKeyServiceDeps {
  readonly keyVault: KeyVault
  readonly maxAge: Duration
}

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
}
