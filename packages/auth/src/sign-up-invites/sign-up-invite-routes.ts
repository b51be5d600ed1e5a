import { implement, type Route } from '@corbel/core'
import { signUpInviteContract } from './sign-up-invite-contract.ts'
import type { SignUpInviteService } from './sign-up-invite-service.ts'

export const signUpInviteRoutes = (invites: SignUpInviteService): readonly Route[] =>
  implement(signUpInviteContract, {
    list: ({ query }) => invites.list(query),
    create: ({ principal, body, client }) => invites.create(principal, body, client),
    revoke: ({ params, client }) => invites.revoke(params.id, client),
  })
