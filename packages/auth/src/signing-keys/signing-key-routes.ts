import { dated, implement, type Route } from '@corbel/core'
import { signingKeysKeptFor } from './signing-key-contract.ts'
import type { SigningKeyService } from './signing-key-service.ts'

export const signingKeyRoutes = (signingKeys: SigningKeyService): readonly Route[] =>
  implement(signingKeysKeptFor(signingKeys.maxAge), {
    keys: async () => dated(await signingKeys.list(), await signingKeys.changedAt()),
  })
