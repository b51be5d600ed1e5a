import * as z from 'zod'
import { fresh, scope } from '../../contract/access.ts'
import { defineContract } from '../../contract/contract.ts'
import { created, empty, json, ok } from '../../contract/media.ts'
import { idSchema } from '../../kernel/id.ts'
import { TenantErrors } from '../tenant-errors.ts'
import { TenantPermissions } from '../tenant-permissions.ts'
import { CustomRole, CustomRoleChange, NewCustomRole } from './custom-role.ts'

const { readMembers, manageMembers } = TenantPermissions
const params = z.object({ id: idSchema('rol') })

export const roleContract = defineContract('roles', '/api/v1/tenants/roles', {
  list: {
    method: 'GET',
    path: '',
    access: scope(readMembers.scope),
    summary: 'List the roles that your tenant made, oldest first',
    success: ok(z.object({ data: z.array(CustomRole).readonly() })),
  },
  create: {
    method: 'POST',
    path: '',
    access: scope(manageMembers.scope, fresh),
    summary: 'Make a role of some of the permissions that you have',
    description: 'What only owners may do, and operators of the platform, is in no role but theirs.',
    body: json(NewCustomRole),
    success: created(CustomRole),
    errors: [
      TenantErrors.unknownPermission,
      TenantErrors.roleNotYours,
      TenantErrors.roleNameTaken,
      TenantErrors.tooManyRoles,
    ],
  },
  get: {
    method: 'GET',
    path: '/{id}',
    access: scope(readMembers.scope),
    summary: 'Read a role that your tenant made',
    params,
    success: ok(CustomRole),
    errors: [TenantErrors.roleNotFound],
  },
  update: {
    method: 'PATCH',
    path: '/{id}',
    access: scope(manageMembers.scope, fresh),
    summary: 'Rename a role, or change what its members may do',
    description:
      'API keys follow at once; access tokens that were issued before keep what they had until they expire, and the next one has what the role has then.',
    params,
    body: json(CustomRoleChange),
    success: ok(CustomRole),
    errors: [
      TenantErrors.roleNotFound,
      TenantErrors.unknownPermission,
      TenantErrors.roleNotYours,
      TenantErrors.roleNameTaken,
      TenantErrors.roleChanged,
    ],
  },
  remove: {
    method: 'DELETE',
    path: '/{id}',
    access: scope(manageMembers.scope, fresh),
    summary: 'Remove a role that nobody has and no pending invitation gives',
    params,
    success: empty(204),
    errors: [TenantErrors.roleNotFound, TenantErrors.roleNotYours, TenantErrors.roleInUse],
  },
})
