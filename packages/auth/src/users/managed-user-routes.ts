import { implement, type Route } from '@corbel/core'
import { managedUserContract } from './managed-user-contract.ts'
import type { ManagedUserService } from './managed-user-service.ts'

export const managedUserRoutes = (users: ManagedUserService): readonly Route[] =>
  implement(managedUserContract, {
    list: ({ query }) => users.list(query),
    unlock: ({ params, body, client }) => users.unlock(params.id, body.reason, client),
    disable: ({ params, body, client }) => users.disable(params.id, body.reason, client),
    enable: ({ params, body, client }) => users.enable(params.id, body.reason, client),
    impersonate: ({ principal, params, body, client }) =>
      users.impersonate(principal, params.id, body, client),
  })
