import { type PageRequest, race, racers, type Suite, winners } from '@corbel/core/ports'
import { AuthErrors } from '../auth-errors.ts'
import { erasedEmail } from './account-repository.ts'
import {
  at,
  type AuthStorage,
  awkwardText,
  now,
  openedSession,
  sampleRotation,
  sampleSession,
  sampleUser,
  storedMember,
  storedUser,
} from './samples.conformance.ts'

const everything: PageRequest = { limit: 100, after: null }

/** The law of `AccountRepository`. `fresh` gives an empty storage for each test. */
export function accountRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open() {
    const storage = await fresh()
    return { storage, ...storage.repositories.auth }
  }
  const isOne = <T>(results: readonly PromiseSettledResult<T>[], one: T): void => {
    const answers = winners(results)
    expect(answers).toHaveLength(racers)
    expect(answers.filter((answer) => answer === one)).toHaveLength(1)
  }

  test('a profile is changed where something is given, and told as it was stored', async () => {
    const { storage, accounts, users } = await open()
    const id = await storedUser(storage)
    await accounts.updateProfile(id, { givenName: awkwardText, locale: 'cs-CZ' })
    const change = { displayName: 'Ada', locale: null, timezone: 'Europe/Prague' }
    const expected = {
      displayName: 'Ada',
      givenName: awkwardText,
      familyName: null,
      avatarUrl: null,
      timezone: 'Europe/Prague',
      locale: null,
    }
    expect(await accounts.updateProfile(id, change)).toMatchObject({ profile: expected })
    expect(await accounts.updateProfile(id, {})).toMatchObject({ profile: expected })
    expect(await accounts.find(id)).toMatchObject({ profile: expected, user: { id, displayName: 'Ada' } })
    expect(await users.find(id)).toMatchObject({ displayName: 'Ada' })
    expect(await accounts.updateProfile(sampleUser().user.id, change)).toBe(null)
    expect(await accounts.find(sampleUser().user.id)).toBe(null)
  })

  test('a disabled user opens, rotates and elevates no session; of concurrent callers one disables', async () => {
    const { storage, accounts, sessions, users } = await open()
    const member = await storedMember(storage)
    const { session, digest } = await openedSession(storage, member)
    isOne(await race(() => accounts.disable(member.userId, now, 'user')), true)
    expect(await accounts.find(member.userId)).toMatchObject({ disabledAt: now, disabledBy: 'user' })
    expect(await users.findForSignInById(member.userId)).toMatchObject({ isDisabled: true })
    const token = { digest: 'another', expiresAt: at(60) }
    const other = sampleSession(member)
    expect(await sessions.open(other, token, [])).toBe(false)
    expect(await sessions.isLive(member.tenantId, other.id, now)).toBe(false)
    expect(await sessions.rotate(sampleRotation(digest))).toEqual({ outcome: 'refused' })
    expect(await sessions.elevate({ session, aal: 2, amr: ['otp'], now, token }, [])).toBe(null)
    isOne(await race(() => accounts.enable(member.userId)), true)
    expect(await sessions.rotate(sampleRotation(digest))).toMatchObject({ outcome: 'rotated' })
  })

  test('of a sign-in and disabling at the same time nothing stays open', async () => {
    const { storage, sessions } = await open()
    const member = await storedMember(storage)
    await race(async (racer) => {
      if (racer % 8 > 0)
        return sessions.open(sampleSession(member), { digest: `d${racer}`, expiresAt: at(60) }, [])
      return storage.transaction(async ({ repositories: { auth } }) => {
        const isFirst = await auth.accounts.disable(member.userId, now, 'operator')
        await auth.sessions.revokeAll(member.userId, now, 'disabled', [])
        return isFirst
      })
    })
    expect(await sessions.listLive(member.tenantId, member.userId, now, everything)).toEqual([])
  })

  test('what is erased is found nowhere, is never enabled, and frees its address', async () => {
    const { storage, accounts, users, sessions, notificationPreferences } = await open()
    const email = 'ada@example.com'
    const account = sampleUser({ email, displayName: 'Ada' })
    await users.insert({ ...account, operator: true })
    const member = await storedMember(storage, 'member', account.user.id)
    const { session } = await openedSession(storage, member, { userAgent: 'Agent', ipPrefix: '192.0.2.0/24' })
    await notificationPreferences.put(member.userId, {
      channel: 'email',
      category: 'tenant',
      enabled: false,
    })
    isOne(await race(() => accounts.erase(member.userId, now)), true)
    expect(await accounts.enable(member.userId)).toBe(false)
    expect(await users.findForSignIn(email)).toBe(null)
    expect(await accounts.find(member.userId)).toMatchObject({
      user: { email: erasedEmail(member.userId), displayName: null, emailVerified: false },
      operator: false,
      disabledBy: 'erasure',
    })
    expect(await notificationPreferences.list(member.userId)).toEqual([])
    const rest = await sessions.listLive(member.tenantId, member.userId, now, everything)
    expect(rest).toEqual([{ ...session, userAgent: null, ipPrefix: null, place: null }])
    await users.insert(sampleUser({ email }))
  })

  test('only the registrant of record is disowned, once; their password and keys are gone', async () => {
    const { accounts, users } = await open()
    const account = sampleUser()
    const { id } = account.user
    await users.insert({ ...account, registrant: 'them' })
    const credential = { passwordHash: 'nobody', pepperId: 'p1' }
    expect(await accounts.disown(id, 'others', credential, now)).toBe(false)
    expect(await users.findForSignInById(id)).toMatchObject({
      credential: account.credential,
      registrant: 'them',
    })
    isOne(await race(() => accounts.disown(id, 'them', credential, now)), true)
    expect(await users.findForSignInById(id)).toMatchObject({ credential, registrant: null })
    const proved = sampleUser()
    await users.insert({ ...proved, registrant: 'them' })
    await accounts.proveEmail(proved.user.id)
    expect(await accounts.disown(proved.user.id, 'them', credential, now)).toBe(false)
    expect(await users.find(proved.user.id)).toMatchObject({ emailVerified: true })
  })

  test('accounts are listed by every filter together, newest first, in pages', async () => {
    const { storage, accounts, users } = await open()
    const all = ['Ada', 'Bob', 'Cyd', 'Dan'].map((displayName, i) =>
      sampleUser({
        displayName,
        email: `${displayName.toLowerCase()}@example.com`,
        emailVerified: i % 2 === 0,
      }),
    )
    for (const account of all) await users.insert(account)
    const ids = all.map(({ user }) => user.id).toSorted((a, b) => (a > b ? -1 : 1))
    const idsOf = async (filter: Parameters<typeof accounts.list>[0], page = everything) =>
      (await accounts.list(filter, page)).map(({ user }) => user.id)
    expect(await idsOf({})).toEqual(ids)
    expect(await idsOf({}, { limit: 1, after: ids[0] ?? null })).toEqual(ids.slice(1, 3))
    const [ada, bob] = all
    if (!ada || !bob) throw new Error('There are four.')
    expect(await idsOf({ text: 'ADA' })).toEqual([ada.user.id])
    expect(await idsOf({ text: '%' })).toEqual([])
    expect(await idsOf({ text: 'bob@', emailVerified: false, status: 'active', operator: false })).toEqual([
      bob.user.id,
    ])
    expect(await idsOf({ text: 'bob@', emailVerified: true })).toEqual([])
    await accounts.disable(ada.user.id, now, 'operator')
    expect(await idsOf({ status: 'disabled' })).toEqual([ada.user.id])
    const { tenantId } = await storedMember(storage, 'member', bob.user.id)
    expect(await idsOf({ tenantId })).toEqual([bob.user.id])
    expect(await idsOf({ tenantId, status: 'disabled' })).toEqual([])
    expect(await idsOf({ createdFrom: now, createdTo: at(1) })).toEqual(ids)
    expect(await idsOf({ createdFrom: at(1) })).toEqual([])
    expect(await idsOf({ createdTo: now })).toEqual([])
  })

  test('a session without a refresh token is live until it ends, and is never elevated', async () => {
    const { storage, sessions } = await open()
    const member = await storedMember(storage)
    const session = sampleSession(member, { impersonatorId: await storedUser(storage) })
    expect(await sessions.open(session, null, [])).toBe(true)
    expect(await sessions.isLive(member.tenantId, session.id, now)).toBe(true)
    expect(await sessions.isLive((await storedMember(storage)).tenantId, session.id, now)).toBe(false)
    expect(await sessions.isLive(member.tenantId, session.id, session.expiresAt)).toBe(false)
    const elevation = { session, aal: 2 as const, amr: ['otp'], now }
    const token = { digest: 'd', expiresAt: at(60) }
    expect(await sessions.elevate({ ...elevation, token }, [])).toBe(null)
    expect(await sessions.revoke(member.tenantId, member.userId, session.id, now, 'sign-out', [])).toBe(true)
    expect(await sessions.isLive(member.tenantId, session.id, now)).toBe(false)
  })

  test('agents are those of the user’s sessions up to one, that one’s first, without impersonations', async () => {
    const { storage, sessions } = await open()
    const member = await storedMember(storage)
    for (const userAgent of ['A', 'B']) await openedSession(storage, member, { userAgent })
    await openedSession(storage, member, { userAgent: 'C', impersonatorId: member.userId })
    await openedSession(storage, await storedMember(storage), { userAgent: 'D' })
    const { session } = await openedSession(storage, member, { userAgent: 'E' })
    const agents = await sessions.listAgents(member.userId, session.id)
    expect(agents[0]).toBe('E')
    expect(new Set(agents)).toEqual(new Set(['A', 'B', 'E']))
  })

  test('a preference takes the place of the earlier one of its kind, and is the user’s own', async () => {
    const { storage, notificationPreferences: preferences } = await open()
    const [mine, foreign] = [await storedUser(storage), await storedUser(storage)]
    const choice = { channel: 'email', category: 'tenant', enabled: false } as const
    await preferences.put(mine, choice)
    await preferences.put(foreign, { ...choice, enabled: true })
    await preferences.put(mine, { ...choice, category: 'security', enabled: true })
    expect(await preferences.list(mine)).toEqual([{ ...choice, category: 'security', enabled: true }, choice])
    await preferences.put(mine, { ...choice, enabled: true })
    expect(await preferences.list(mine)).toEqual([
      { ...choice, category: 'security', enabled: true },
      { ...choice, enabled: true },
    ])
  })

  test('a change of address is made once, while the old address is still the user’s', async () => {
    const { emailChanges, users } = await open()
    const { user, ...rest } = sampleUser({ email: 'old@example.com' })
    await users.insert({ user, ...rest })
    const change = {
      id: 'emc_1',
      userId: user.id,
      email: 'new@example.com',
      previousEmail: user.email,
      digest: 'd1',
      expiresAt: at(60),
    } as const
    const event = () => ({ type: 'test.email.changed', tenantId: null, payload: {} })
    await emailChanges.replace({ ...change, id: 'emc_0', digest: 'd0' })
    await emailChanges.replace(change)
    expect(await emailChanges.find('emc_0')).toBe(null)
    expect(await emailChanges.find('emc_1')).toEqual(change)
    expect(await emailChanges.redeem('d0', now, event)).toBe(null)
    expect(await emailChanges.redeem('d1', at(60), event)).toBe(null)
    const answers = winners(await race(() => emailChanges.redeem('d1', now, event)))
    expect(answers).toHaveLength(racers)
    expect(answers.filter((answer) => answer !== null)).toEqual([change])
    expect(await users.find(user.id)).toMatchObject({ email: 'new@example.com', emailVerified: true })
    await emailChanges.replace({ ...change, id: 'emc_2', digest: 'd2' })
    expect(await emailChanges.redeem('d2', now, event)).toBe(null)
    expect(await emailChanges.purge(at(61))).toBe(1)
    expect(await emailChanges.find('emc_2')).toBe(null)
  })

  test('of users who change to one address, one gets it', async () => {
    const { emailChanges, users } = await open()
    const wanting = Array.from({ length: 8 }, () => sampleUser())
    for (const [i, account] of wanting.entries()) {
      const { id: userId, email: previousEmail } = account.user
      await users.insert(account)
      await emailChanges.replace({
        id: `emc_${i}`,
        userId,
        email: 'new@example.com',
        previousEmail,
        digest: `d${i}`,
        expiresAt: at(60),
      })
    }
    const event = () => ({ type: 'test.email.changed', tenantId: null, payload: {} })
    const results = await Promise.allSettled(wanting.map((_, i) => emailChanges.redeem(`d${i}`, now, event)))
    expect(winners(results)).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: AuthErrors.emailTaken.code })
  })
}
