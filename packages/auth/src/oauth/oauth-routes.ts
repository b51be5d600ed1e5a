import { implement, type Route } from '@corbel/core'
import { oauthContract } from './oauth-contract.ts'
import type { OAuthService } from './oauth-service.ts'

export const oauthRoutes = (oauth: OAuthService): readonly Route[] =>
  implement(oauthContract, {
    token: ({ body, request, client }) => oauth.token(body, request.headers.get('authorization'), client),
    introspect: ({ body, request }) => oauth.introspect(body, request.headers.get('authorization')),
    revoke: ({ body, request, client }) => oauth.revoke(body, request.headers.get('authorization'), client),
    serverMetadata: async () => oauth.metadata.server,
    resourceMetadata: async () => oauth.metadata.resource,
  })
