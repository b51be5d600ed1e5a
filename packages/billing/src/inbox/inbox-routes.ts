import { implement, type Route } from '@corbel/core'
import { ownTenant } from '../own-tenant.ts'
import { inboxContract } from './inbox-contract.ts'
import type { InboxService } from './inbox-service.ts'
import { tenantInboxContract } from './tenant-inbox-contract.ts'

export const inboxRoutes = (inbox: InboxService): readonly Route[] => [
  ...implement(inboxContract, {
    list: ({ query }) => inbox.list(query),
    get: ({ params }) => inbox.get(params.id),
    replay: ({ body, client }) => inbox.replay(body, client),
  }),
  ...implement(tenantInboxContract, {
    list: ({ principal, params, query }) => inbox.listOfTenant(ownTenant(principal, params), query),
  }),
]
