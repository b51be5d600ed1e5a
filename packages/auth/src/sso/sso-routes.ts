import { implement, type Route } from '@corbel/core'
import { signInReply } from '../sign-in/sign-in-reply.ts'
import type { IdentityService } from './identity-service.ts'
import { ssoContract } from './sso-contract.ts'
import type { SsoService } from './sso-service.ts'

export const ssoRoutes = (sso: SsoService, identities: IdentityService): readonly Route[] =>
  implement(ssoContract, {
    listProviders: ({ query }) => sso.listProviders(query),
    start: ({ params, body }) => sso.start(params.provider, body),
    complete: async ({ params, body, client }) =>
      signInReply(await sso.complete(params.provider, body, client)),
    listIdentities: ({ principal }) => identities.list(principal),
    startLink: ({ principal, params, body }) => identities.start(principal, params.provider, body),
    completeLink: ({ principal, params, body, client }) =>
      identities.complete(principal, params.provider, body, client),
    removeIdentity: ({ principal, params, client }) => identities.remove(principal, params.id, client),
  })
