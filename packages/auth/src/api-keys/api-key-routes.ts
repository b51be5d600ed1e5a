import { implement, type Route } from '@corbel/core'
import { apiKeyContract } from './api-key-contract.ts'
import type { ApiKeyService } from './api-key-service.ts'

export const apiKeyRoutes = (apiKeys: ApiKeyService): readonly Route[] =>
  implement(apiKeyContract, {
    list: ({ principal, query }) => apiKeys.list(principal, query),
    create: ({ principal, body, client }) => apiKeys.create(principal, body, client),
    revoke: ({ principal, params, client }) => apiKeys.revoke(principal, params.id, client),
  })
