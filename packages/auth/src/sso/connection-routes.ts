import { implement, type Route } from '@corbel/core'
import { connectionContract } from './connection-contract.ts'
import type { ConnectionService } from './connection-service.ts'

export const connectionRoutes = (connections: ConnectionService): readonly Route[] =>
  implement(connectionContract, {
    list: ({ principal, query }) => connections.list(principal, query),
    create: ({ principal, body, client }) => connections.create(principal, body, client),
    get: ({ principal, params }) => connections.get(principal, params.id),
    update: ({ principal, params, body, version, client }) =>
      connections.update(principal, params.id, body, version, client),
    remove: ({ principal, params, client }) => connections.remove(principal, params.id, client),
  })
