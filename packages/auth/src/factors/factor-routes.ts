import { implement, type Route } from '@corbel/core'
import { factorContract } from './factor-contract.ts'
import type { FactorService } from './factor-service.ts'

export const factorRoutes = (factors: FactorService): readonly Route[] =>
  implement(factorContract, {
    list: ({ principal }) => factors.list(principal),
    enrollTotp: ({ principal, body }) => factors.enrollTotp(principal, body),
    verifyTotp: ({ principal, body, client }) => factors.verifyTotp(principal, body, client),
    remove: ({ principal, params, client }) => factors.remove(principal, params.id, client),
    regenerateRecoveryCodes: ({ principal, client }) => factors.regenerateRecoveryCodes(principal, client),
  })
