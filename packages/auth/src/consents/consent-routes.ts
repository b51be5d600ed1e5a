import { implement, type Route } from '@corbel/core'
import { consentContract } from './consent-contract.ts'
import type { ConsentService } from './consent-service.ts'

export const consentRoutes = (consents: ConsentService): readonly Route[] =>
  implement(consentContract, {
    list: ({ principal }) => consents.list(principal),
    give: ({ principal, body, client }) => consents.give(principal, body, client),
  })
