import { implement, type Route } from '../../http/implement.ts'
import { membershipContract } from './membership-contract.ts'
import type { MembershipService } from './membership-service.ts'

export const membershipRoutes = (memberships: MembershipService): readonly Route[] =>
  implement(membershipContract, {
    list: ({ principal, query }) => memberships.list(principal.tenantId, query),
    changeRole: ({ principal, params, body, client }) =>
      memberships.changeRole(principal, params.userId, body, client),
    remove: ({ principal, params, client }) => memberships.remove(principal, params.userId, client),
    transferOwnership: ({ principal, body, client }) =>
      memberships.transferOwnership(principal, body.userId, client),
  })
