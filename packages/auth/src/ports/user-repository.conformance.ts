import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import type { Credential } from '../users/credential.ts'
import {
  at,
  type AuthStorage,
  awkwardText,
  now,
  sampleUser,
  storedMember,
  storedTenant,
} from './samples.conformance.ts'

/** The law of `UserRepository`. `fresh` gives an empty storage for each test. */
export function userRepositoryConformance({ test, expect }: Suite, fresh: () => Promise<AuthStorage>): void {
  async function open() {
    const storage = await fresh()
    return { storage, users: storage.repositories.auth.users }
  }

  test('a user is found as it was stored', async () => {
    const { users } = await open()
    const account = sampleUser({
      email: 'žofie+tag@example.com',
      displayName: awkwardText,
      emailVerified: true,
    })
    await users.insert(account)
    await users.insert(sampleUser())
    expect(await users.find(account.user.id)).toEqual(account.user)
    expect(await users.find(newId('usr'))).toBe(null)
  })

  test('an e-mail is used once', async () => {
    const { users } = await open()
    const first = sampleUser({ email: 'ada@example.com' })
    await users.insert(first)
    const second = sampleUser({ email: 'ada@example.com' })
    await expect(users.insert(second)).rejects.toMatchObject({ code: AuthErrors.emailTaken.code })
    expect(await users.find(second.user.id)).toBe(null)
    expect(await users.findForSignIn('ada@example.com')).toMatchObject({ user: first.user })
  })

  test('of concurrent callers with one e-mail, one succeeds', async () => {
    const { users } = await open()
    const drafts = Array.from({ length: racers }, () => sampleUser({ email: 'ada@example.com' }))
    const results = await race(async (racer) => users.insert(drafts[racer] ?? sampleUser()))
    expect(winners(results)).toHaveLength(1)
    for (const result of results) {
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: AuthErrors.emailTaken.code })
    }
    const found = await Promise.all(drafts.map(({ user }) => users.find(user.id)))
    expect(found.filter((user) => user !== null)).toHaveLength(1)
  })

  test('sign-in learns the account, its credential and its memberships, oldest first', async () => {
    const { storage, users } = await open()
    const account = { ...sampleUser({ email: 'ada@example.com' }), operator: true }
    await users.insert(account)
    const { user, operator, credential } = account
    const rest = {
      registrant: null,
      isDisabled: false,
      memberships: [],
      factors: [],
      hasRecoveryCodes: false,
    }
    const bare = { user, operator, credential, ...rest }
    expect(await users.findForSignIn('ada@example.com')).toEqual(bare)
    expect(await users.findForSignInById(user.id)).toEqual(bare)
    const [newer, older] = [await storedTenant(storage), await storedTenant(storage)]
    const { memberships } = storage.repositories.tenant
    const joinedAt = (seconds: number) => ({ userId: user.id, createdAt: at(seconds).toISOString() })
    await memberships.insert({ tenantId: newer, role: 'viewer', ...joinedAt(2) })
    await memberships.insert({ tenantId: older, role: 'owner', ...joinedAt(1) })
    await storedMember(storage)
    expect((await users.findForSignIn('ada@example.com'))?.memberships).toEqual([
      { tenantId: older, role: 'owner', scopes: null, mfa: 'optional' },
      { tenantId: newer, role: 'viewer', scopes: null, mfa: 'optional' },
    ])
    expect(await users.findForSignInById(user.id)).toEqual(await users.findForSignIn('ada@example.com'))
    expect(await users.findForSignInById(newId('usr'))).toBe(null)
  })

  test('an unknown e-mail is null, and so is one that only looks similar', async () => {
    const { users } = await open()
    await users.insert(sampleUser({ email: 'ada@example.com' }))
    for (const email of ['bob@example.com', 'ada@example.co', 'ADA@example.com', 'ada@example.com ', '%'])
      expect(await users.findForSignIn(email)).toBe(null)
  })

  test('a member is found with their present role, in their tenant only', async () => {
    const { storage, users } = await open()
    const { tenantId, userId } = await storedMember(storage, 'admin')
    const foreign = await storedMember(storage, 'owner')
    expect(await users.findMember(tenantId, userId)).toEqual({
      user: await users.find(userId),
      role: 'admin',
    })
    expect(await users.findMember(foreign.tenantId, userId)).toBe(null)
    expect(await users.findMember(tenantId, foreign.userId)).toBe(null)
    expect(await users.findMember(newId('ten'), newId('usr'))).toBe(null)
  })

  test('a credential is replaced only if it is still the expected one', async () => {
    const { users } = await open()
    const { user, ...account } = sampleUser()
    const other = sampleUser()
    await users.insert({ user, ...account })
    await users.insert(other)
    const renewed = { passwordHash: '$argon2id$renewed', pepperId: 'p2' }
    const { credential } = account
    expect(await users.replaceCredential(user.id, renewed, { ...credential, passwordHash: 'x' })).toBe(false)
    expect(await users.replaceCredential(user.id, renewed, { ...credential, pepperId: 'x' })).toBe(false)
    expect(await users.replaceCredential(newId('usr'), renewed, credential)).toBe(false)
    expect(await users.findForSignIn(user.email)).toMatchObject({ credential })
    expect(await users.replaceCredential(user.id, renewed, credential)).toBe(true)
    expect(await users.findForSignIn(user.email)).toMatchObject({ credential: renewed })
    expect(await users.findForSignIn(other.user.email)).toMatchObject({ credential: other.credential })
  })

  test('of concurrent replacements of one credential, one succeeds', async () => {
    const { users } = await open()
    const { user, credential, ...rest } = sampleUser()
    await users.insert({ user, credential, ...rest })
    const renewed = (racer: number) => ({ passwordHash: `$argon2id$${racer}`, pepperId: 'p2' })
    const results = winners(
      await race((racer) => users.replaceCredential(user.id, renewed(racer), credential)),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await users.findForSignIn(user.email)).toMatchObject({
      credential: renewed(results.indexOf(true)),
    })
  })

  test('a changed password keeps the ones before it, newest first, as many as told', async () => {
    const { users } = await open()
    const { user, credential, ...rest } = sampleUser()
    const other = sampleUser()
    await users.insert({ user, credential, ...rest })
    await users.insert(other)
    expect(await users.findPasswords(newId('usr'))).toBe(null)
    expect(await users.findPasswords(user.id)).toEqual({ credential, previous: [] })
    const [second, third, fourth] = [2, 3, 4].map((number) => ({
      passwordHash: `$argon2id$${number}`,
      pepperId: `p${number}`,
    })) as [Credential, Credential, Credential]
    expect(await users.changePassword(user.id, second, third, 2)).toBe(false)
    expect(await users.changePassword(user.id, second, { ...credential, pepperId: 'x' }, 2)).toBe(false)
    expect(await users.changePassword(newId('usr'), second, null, 2)).toBe(false)
    expect(await users.changePassword(user.id, second, credential, 2)).toBe(true)
    expect(await users.changePassword(user.id, third, null, 2)).toBe(true)
    expect(await users.findPasswords(user.id)).toEqual({ credential: third, previous: [second, credential] })
    expect(await users.changePassword(user.id, fourth, third, 2)).toBe(true)
    expect(await users.findPasswords(user.id)).toEqual({ credential: fourth, previous: [third, second] })
    expect(await users.replaceCredential(user.id, second, fourth)).toBe(true)
    expect(await users.findPasswords(user.id)).toEqual({ credential: second, previous: [third, second] })
    expect(await users.changePassword(user.id, fourth, second, 0)).toBe(true)
    expect(await users.findPasswords(user.id)).toEqual({ credential: fourth, previous: [] })
    expect(await users.findPasswords(other.user.id)).toEqual({ credential: other.credential, previous: [] })
  })

  test('of concurrent changes of one password, one succeeds', async () => {
    const { users } = await open()
    const { user, credential, ...rest } = sampleUser()
    await users.insert({ user, credential, ...rest })
    const changed = (racer: number) => ({ passwordHash: `$argon2id$${racer}`, pepperId: 'p2' })
    const results = winners(
      await race((racer) => users.changePassword(user.id, changed(racer), credential, 4)),
    )
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await users.findPasswords(user.id)).toEqual({
      credential: changed(results.indexOf(true)),
      previous: [credential],
    })
  })

  test('an operator exists once one was stored', async () => {
    const { users } = await open()
    await users.insert(sampleUser())
    expect(await users.hasOperator()).toBe(false)
    await users.insert({ ...sampleUser(), operator: true, termsAcceptedAt: now })
    expect(await users.hasOperator()).toBe(true)
  })
}
