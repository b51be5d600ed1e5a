import { implement, type Route } from '@corbel/core'
import { serviceAccountContract } from './service-account-contract.ts'
import type { ServiceAccountService } from './service-account-service.ts'

export const serviceAccountRoutes = (serviceAccounts: ServiceAccountService): readonly Route[] =>
  implement(serviceAccountContract, {
    list: ({ principal, query }) => serviceAccounts.list(principal, query),
    create: ({ principal, body, client }) => serviceAccounts.create(principal, body, client),
    revoke: ({ principal, params, client }) => serviceAccounts.revoke(principal, params.id, client),
  })
