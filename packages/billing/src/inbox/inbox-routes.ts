import { implement, type Route } from '@corbel/core'
import { inboxContract } from './inbox-contract.ts'
import type { InboxService } from './inbox-service.ts'

export const inboxRoutes = (inbox: InboxService): readonly Route[] =>
  implement(inboxContract, {
    list: ({ query }) => inbox.list(query),
    get: ({ params }) => inbox.get(params.id),
    replay: ({ body, client }) => inbox.replay(body, client),
  })
