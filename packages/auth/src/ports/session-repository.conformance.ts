import type { Suite } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  awkwardText,
  idsOf,
  openedSession,
  recorded,
  sampleEvent,
  sampleRotation,
  sampleSession,
  storedMember,
} from './samples.conformance.ts'
import { sessionRevocationConformance } from './session-revocation.conformance.ts'
import { sessionRotationConformance } from './session-rotation.conformance.ts'

/** The law of `SessionRepository`. `fresh` gives an empty storage for each test. */
export function sessionRepositoryConformance(suite: Suite, fresh: () => Promise<AuthStorage>): void {
  sessionsConformance(suite, fresh)
  sessionRotationConformance(suite, fresh)
  sessionRevocationConformance(suite, fresh)
}

function sessionsConformance({ test, expect }: Suite, fresh: () => Promise<AuthStorage>): void {
  async function open() {
    const storage = await fresh()
    const { sessions } = storage.repositories.auth
    const member = await storedMember(storage)
    const list = (limit = 100, after: string | null = null, now = at(1), { tenantId, userId } = member) =>
      sessions.listLive(tenantId, userId, now, { limit, after })
    return { storage, sessions, member, list }
  }

  test('a session is listed as it was opened, and its events are recorded', async () => {
    const { storage, sessions, member, list } = await open()
    const session = sampleSession(member, {
      userAgent: awkwardText,
      ipPrefix: '2001:db8:1::/48',
      aal: 2,
      amr: ['pwd', 'otp', 'a"b,c{}'],
      lastSeenAt: at(1),
      authenticatedAt: at(-1),
    })
    const events = [sampleEvent('opened', { number: 1 }), sampleEvent('opened', { number: 2 })]
    await sessions.open(session, { digest: 'd', expiresAt: at(60) }, events)
    expect(await list()).toEqual([session])
    expect((await recorded(storage)).map(({ payload }) => payload)).toEqual([{ number: 1 }, { number: 2 }])
  })

  test('a session that cannot be stored with its token is not stored, and its events are not recorded', async () => {
    const { storage, sessions, member, list } = await open()
    const { session, digest } = await openedSession(storage, member)
    const token = { digest, expiresAt: at(60) }
    await expect(sessions.open(sampleSession(member), token, [sampleEvent('opened')])).rejects.toThrow()
    expect(await list()).toEqual([session])
    expect(await recorded(storage)).toEqual([])
  })

  test('live sessions come newest id first, in pages with one row more when there is one', async () => {
    const { storage, member, list } = await open()
    for (let i = 0; i < 5; i++) await openedSession(storage, member)
    const newestFirst = idsOf(await list()).toSorted((a, b) => (a > b ? -1 : 1))
    expect(idsOf(await list())).toEqual(newestFirst)
    expect(idsOf(await list(2))).toEqual(newestFirst.slice(0, 3))
    expect(idsOf(await list(2, newestFirst[1] ?? null))).toEqual(newestFirst.slice(2, 5))
    expect(idsOf(await list(2, newestFirst[3] ?? null))).toEqual(newestFirst.slice(4))
    expect(await list(2, newestFirst[4] ?? null)).toEqual([])
  })

  test('sessions of other users and of other tenants are not listed', async () => {
    const { storage, member, list } = await open()
    const foreign = await storedMember(storage)
    const elsewhere = await storedMember(storage, 'member', member.userId)
    await openedSession(storage, foreign)
    await openedSession(storage, elsewhere)
    const { session } = await openedSession(storage, member)
    expect(await list()).toEqual([session])
  })

  test('expired and revoked sessions are not listed', async () => {
    const { storage, sessions, member, list } = await open()
    await openedSession(storage, member, { expiresAt: at(30) })
    const { session } = await openedSession(storage, member)
    const { session: revoked } = await openedSession(storage, member)
    await sessions.revoke(member.tenantId, member.userId, revoked.id, at(1), 'sign-out', [])
    expect(await list(100, null, at(29.999))).toHaveLength(2)
    expect(await list(100, null, at(30))).toEqual([session])
  })

  test('purge forgets sessions that ended before the time, and their tokens', async () => {
    const { storage, sessions, member, list } = await open()
    const live = await openedSession(storage, member)
    const expired = await openedSession(storage, member, { expiresAt: at(30) })
    const revoked = await openedSession(storage, member)
    await sessions.revoke(member.tenantId, member.userId, revoked.session.id, at(40), 'sign-out', [])
    expect(await sessions.purge(at(30))).toBe(0)
    expect(await sessions.purge(at(40))).toBe(1)
    expect(await sessions.purge(at(40.001))).toBe(1)
    expect(await sessions.purge(at(40.001))).toBe(0)
    expect(await list()).toEqual([live.session])
    expect(await sessions.listRevokedSince(at(0))).toEqual([])
    // Free again: nothing of the forgotten sessions is left.
    for (const { session, digest } of [expired, revoked]) {
      await sessions.open({ ...session, expiresAt: at(999) }, { digest, expiresAt: at(60) }, [])
      expect(await sessions.rotate(sampleRotation(digest))).toMatchObject({ rotatedNow: true })
    }
    expect(await sessions.rotate(sampleRotation(live.digest))).toMatchObject({ rotatedNow: true })
  })
}
