import { implement, type Route } from '../../http/implement.ts'
import { invitationContract } from './invitation-contract.ts'
import type { InvitationService } from './invitation-service.ts'

export const invitationRoutes = (invitations: InvitationService): readonly Route[] =>
  implement(invitationContract, {
    policy: () => invitations.policy(),
    list: ({ principal, query }) => invitations.list(principal.tenantId, query),
    create: ({ principal, body, client }) => invitations.create(principal, body, client),
    resend: ({ principal, params, client }) => invitations.resend(principal, params.id, client),
    revoke: ({ principal, params, client }) => invitations.revoke(principal.tenantId, params.id, client),
  })
