import { definePermissions } from '@corbel/core'
import { expect, it } from 'vitest'
import { operatorScopes } from './operator-scopes.ts'

it('names what no role in a tenant has', () => {
  const permissions = definePermissions({
    read: { scope: 'tenant:read', summary: '', from: 'viewer' },
    run: { scope: 'status:manage', summary: '', from: 'operator' },
  })
  expect(operatorScopes(Object.values(permissions))).toEqual(['status:manage'])
})
