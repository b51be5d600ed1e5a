import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  eventOf,
  idsOf,
  openedSession,
  recorded,
  sampleEvent,
  sampleRotation,
  storedMember,
} from './samples.conformance.ts'

const everything = { limit: 100, after: null }
const revokedEvent = sampleEvent('revoked', { by: 'user' })

/** The law of the revoking verbs of `SessionRepository`. `fresh` gives an empty storage for each test. */
export function sessionRevocationConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { sessions } = storage.repositories.auth
    const member = await storedMember(storage)
    const { session, digest } = await openedSession(storage, member)
    const live = async ({ tenantId, userId } = member) =>
      idsOf(await sessions.listLive(tenantId, userId, at(1), everything))
    const revoke = (change: Partial<typeof session> = {}, now = at(1)) => {
      const { tenantId, userId, id } = { ...session, ...change }
      return sessions.revoke(tenantId, userId, id, now, 'sign-out', [revokedEvent])
    }
    return { storage, sessions, member, session, digest, live, revoke }
  }

  test('revoke ends one live session and records its events', async () => {
    const { storage, member, live, revoke } = await open()
    const other = await openedSession(storage, member)
    expect(await revoke()).toBe(true)
    expect(await live()).toEqual([other.session.id])
    expect(await recorded(storage)).toMatchObject([
      { type: revokedEvent.type, payload: revokedEvent.payload },
    ])
  })

  test('revoke of what is not a live session of this user in this tenant is false and records nothing', async () => {
    const { storage, session, revoke, live } = await open()
    const foreign = await storedMember(storage)
    expect(await revoke({ tenantId: foreign.tenantId })).toBe(false)
    expect(await revoke({ userId: foreign.userId })).toBe(false)
    expect(await revoke({ id: newId('ses') })).toBe(false)
    expect(await revoke({}, session.expiresAt)).toBe(false)
    expect(await recorded(storage)).toEqual([])
    expect(await live()).toEqual([session.id])
    await revoke()
    expect(await revoke()).toBe(false)
  })

  test('of concurrent callers one revokes', async () => {
    const { storage, revoke } = await open()
    const results = winners(await race(() => revoke()))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('revokeByToken ends the session of a token, current or replaced', async () => {
    const { storage, sessions, member, session, digest } = await open()
    const second = await openedSession(storage, member)
    await sessions.rotate(sampleRotation(second.digest))
    const end = (token: string) => sessions.revokeByToken(token, at(20), 'sign-out', eventOf('signed_out'))
    expect(await end(digest)).toBe(session.id)
    expect(await end(second.digest)).toBe(second.session.id)
    expect(await end(digest)).toBe(null)
    expect(await end('unknown')).toBe(null)
    const { tenantId, userId } = member
    expect(await recorded(storage)).toMatchObject([
      { type: 'test.session.signed_out', tenantId, payload: { id: session.id, userId } },
      { type: 'test.session.signed_out', tenantId, payload: { id: second.session.id, userId } },
    ])
  })

  test('revokeByToken of an expired session is null', async () => {
    const { sessions, session, digest } = await open()
    const end = (now: Date) => sessions.revokeByToken(digest, now, 'sign-out', eventOf('signed_out'))
    expect(await end(session.expiresAt)).toBe(null)
    expect(await end(at(1))).toBe(session.id)
  })

  test('of concurrent callers with one token, one revokes', async () => {
    const { storage, sessions, session, digest } = await open()
    const end = () => sessions.revokeByToken(digest, at(1), 'sign-out', eventOf('signed_out'))
    const results = winners(await race(end))
    expect(results).toHaveLength(racers)
    expect(results.filter((ended) => ended !== null)).toEqual([session.id])
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('revokeAll ends the live sessions of a user in every tenant, and of nobody else', async () => {
    const { storage, sessions, member, session, live } = await open()
    const elsewhere = await storedMember(storage, 'owner', member.userId)
    const second = await openedSession(storage, elsewhere)
    await openedSession(storage, member, { expiresAt: at(0.5) })
    const foreign = await storedMember(storage)
    const untouched = await openedSession(storage, foreign)
    const end = () => sessions.revokeAll(member.userId, at(1), 'sign-out-all', [revokedEvent])
    expect((await end()).toSorted()).toEqual([session.id, second.session.id].toSorted())
    expect(await live()).toEqual([])
    expect(await live(elsewhere)).toEqual([])
    expect(await live(foreign)).toEqual([untouched.session.id])
    expect(await recorded(storage)).toHaveLength(1)
    expect(await end()).toEqual([])
    expect(await recorded(storage)).toEqual([])
  })

  test('of concurrent callers each session is ended by one', async () => {
    const { storage, sessions, member, session } = await open()
    const ids = [session.id]
    for (let i = 0; i < 9; i++) ids.push((await openedSession(storage, member)).session.id)
    const results = await race(() => sessions.revokeAll(member.userId, at(1), 'sign-out-all', [revokedEvent]))
    expect(winners(results)).toHaveLength(racers)
    expect(winners(results).flat().toSorted()).toEqual(ids.toSorted())
  })

  test('revoked sessions are listed from the given time on, across tenants', async () => {
    const { storage, sessions, session, revoke } = await open()
    const foreign = await storedMember(storage)
    const second = await openedSession(storage, foreign)
    await openedSession(storage, foreign)
    await revoke({}, at(5))
    await sessions.revokeAll(foreign.userId, at(10), 'sign-out-all', [])
    expect(await sessions.listRevokedSince(at(5))).toHaveLength(3)
    expect(idsOf(await sessions.listRevokedSince(at(5)))).toContain(session.id)
    expect(idsOf(await sessions.listRevokedSince(at(5.001)))).toContain(second.session.id)
    expect(await sessions.listRevokedSince(at(5.001))).toHaveLength(2)
    expect(await sessions.listRevokedSince(at(10.001))).toEqual([])
  })
}
