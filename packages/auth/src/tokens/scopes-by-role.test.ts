import { definePermissions } from '@corbel/core'
import { expect, it } from 'vitest'
import { operatorScopes, scopesByRole } from './scopes-by-role.ts'

it('gives each role its own scopes and those of every lesser role', () => {
  const permissions = definePermissions({
    own: { scope: 'tenant:close', summary: '', from: 'owner' },
    manage: { scope: 'tenant:manage', summary: '', from: 'admin' },
    list: { scope: 'members:read', summary: '', from: 'member' },
    read: { scope: 'tenant:read', summary: '', from: 'viewer' },
    run: { scope: 'status:manage', summary: '', from: 'operator' },
  })
  expect(operatorScopes(Object.values(permissions))).toEqual(['status:manage'])
  expect(scopesByRole(Object.values(permissions))).toEqual({
    viewer: ['tenant:read'],
    member: ['members:read', 'tenant:read'],
    admin: ['members:read', 'tenant:manage', 'tenant:read'],
    owner: ['members:read', 'tenant:close', 'tenant:manage', 'tenant:read'],
  })
})
