import { definePermissions } from '../../module/define-permissions.ts'
import { expect, it } from 'vitest'
import { reaches, scopesByRole, scopesOf } from './grant.ts'

it('gives each role its own scopes and those of every lesser role', () => {
  const permissions = definePermissions({
    own: { scope: 'tenant:close', summary: '', from: 'owner' },
    manage: { scope: 'tenant:manage', summary: '', from: 'admin' },
    list: { scope: 'members:read', summary: '', from: 'member' },
    read: { scope: 'tenant:read', summary: '', from: 'viewer' },
    run: { scope: 'status:manage', summary: '', from: 'operator' },
  })
  expect(scopesByRole(Object.values(permissions))).toEqual({
    viewer: ['tenant:read'],
    member: ['members:read', 'tenant:read'],
    admin: ['members:read', 'tenant:manage', 'tenant:read'],
    owner: ['members:read', 'tenant:close', 'tenant:manage', 'tenant:read'],
  })
})

const byRole = {
  viewer: ['a:read'],
  member: ['a:read', 'b:read'],
  admin: ['a:read', 'b:read', 'c:manage'],
  owner: ['a:read', 'b:read', 'c:manage', 'd:own'],
} as const

it('never gives a custom role more than the role it is a part of', () => {
  expect(scopesOf(byRole, { role: 'member', scopes: ['b:read', 'c:manage', 'gone:read'] })).toEqual([
    'b:read',
  ])
  expect(scopesOf(byRole, { role: 'member', scopes: null })).toEqual(['a:read', 'b:read'])
})

it.each([
  [true, { role: 'admin', scopes: null }, { role: 'admin', scopes: null }],
  [true, { role: 'admin', scopes: null }, { role: 'admin', scopes: ['c:manage'] }],
  [false, { role: 'admin', scopes: null }, { role: 'owner', scopes: null }],
  [true, { role: 'admin', scopes: ['a:read', 'c:manage'] }, { role: 'viewer', scopes: null }],
  [false, { role: 'admin', scopes: ['a:read', 'c:manage'] }, { role: 'member', scopes: null }],
  [false, { role: 'admin', scopes: ['a:read', 'c:manage'] }, { role: 'admin', scopes: null }],
  [true, { role: 'admin', scopes: ['a:read', 'c:manage'] }, { role: 'admin', scopes: ['c:manage'] }],
  [false, { role: 'member', scopes: ['b:read'] }, { role: 'viewer', scopes: null }],
] as const)('says %s when %o gives %o', (expected, own, other) => {
  expect(reaches(byRole, own, other)).toBe(expected)
})
