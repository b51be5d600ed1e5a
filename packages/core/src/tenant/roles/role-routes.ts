import { implement, type Route } from '../../http/implement.ts'
import { roleContract } from './role-contract.ts'
import type { RoleService } from './role-service.ts'

export const roleRoutes = (roles: RoleService): readonly Route[] =>
  implement(roleContract, {
    list: ({ principal }) => roles.list(principal.tenantId),
    create: ({ principal, body, client }) => roles.create(principal, body, client),
    get: ({ principal, params }) => roles.get(principal.tenantId, params.id),
    update: ({ principal, params, body, client }) => roles.update(principal, params.id, body, client),
    remove: ({ principal, params, client }) => roles.remove(principal, params.id, client),
  })
