import { newId, type Suite } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  now,
  openedSession,
  sampleRotation,
  storedMember,
} from './samples.conformance.ts'

/** The law of custom roles: whatever reads a member's role reads the scopes of their custom role with it, as they are now. */
export function customRoleConformance({ test, expect }: Suite, fresh: () => Promise<AuthStorage>): void {
  async function open() {
    const storage = await fresh()
    const { tenant, auth } = storage.repositories
    const member = await storedMember(storage, 'admin')
    const { tenantId, userId } = member
    const { session, digest } = await openedSession(storage, member)
    const keyId = newId('key')
    await auth.apiKeys.insert(
      {
        id: keyId,
        ...member,
        name: 'laptop',
        account: null,
        fingerprint: null,
        reason: null,
        scopes: ['a:read', 'b:write'],
        createdAt: now,
        expiresAt: at(3600),
        lastUsedAt: null,
        revokedAt: null,
      },
      'digest of the key',
      [],
    )
    const id = newId('rol')
    const role = { id, tenantId, name: 'Some', scopes: ['a:read', 'b:write'], base: 'admin' } as const
    await tenant.roles.insert({ ...role, version: 1, createdAt: now })
    await tenant.memberships.changeRole(tenantId, userId, 'admin', { id, scopes: role.scopes })
    const narrow = () =>
      storage.transaction(({ repositories }) =>
        repositories.tenant.roles.replace({
          ...role,
          scopes: ['a:read'],
          base: 'member',
          version: 1,
          createdAt: now,
        }),
      )
    const { email } = (await auth.users.find(userId)) ?? { email: '' }
    const token = { digest: 'elevated', expiresAt: at(3600) }
    const readers = {
      signIn: async () => (await auth.users.findForSignIn(email))?.memberships[0],
      signInById: async () => (await auth.users.findForSignInById(userId))?.memberships[0],
      apiKey: async () => (await auth.apiKeys.findUsable(keyId, 'digest of the key', at(1)))?.grant,
      rotate: () => auth.sessions.rotate(sampleRotation(digest)),
      rotateAgain: () => auth.sessions.rotate(sampleRotation(digest)),
      elevate: () => auth.sessions.elevate({ session, aal: 2, amr: ['pwd', 'otp'], now: at(11), token }, []),
    }
    return { narrow, readers }
  }

  test('whatever reads a role reads the scopes of the custom role', async () => {
    const { readers } = await open()
    for (const [name, read] of Object.entries(readers))
      expect([name, await read()]).toMatchObject([name, { role: 'admin', scopes: ['a:read', 'b:write'] }])
  })

  test('whatever reads a role reads a custom role as it was changed', async () => {
    const { narrow, readers } = await open()
    expect(await narrow()).toBe(true)
    for (const [name, read] of Object.entries(readers))
      expect([name, await read()]).toMatchObject([name, { role: 'member', scopes: ['a:read'] }])
  })
}
