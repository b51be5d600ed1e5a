import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import {
  at,
  type AuthStorage,
  eventOf,
  now,
  openedSession,
  recorded,
  sampleRotation,
  storedMember,
} from './samples.conformance.ts'
import type { Elevation, SessionRecord } from './session-repository.ts'

/** The law of `SessionRepository.elevate`, and of the level that a rotation needs. `fresh` gives an empty storage for each test. */
export function sessionElevationConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open(change: Partial<SessionRecord> = {}) {
    const storage = await fresh()
    const { sessions } = storage.repositories.auth
    const { session, digest } = await openedSession(storage, await storedMember(storage, 'admin'), change)
    const elevate = (token: string, more: Partial<Elevation> = {}) =>
      sessions.elevate(
        {
          session,
          aal: 2,
          amr: ['pwd', 'otp'],
          now: at(30),
          token: { digest: token, expiresAt: at(3600) },
          ...more,
        },
        [eventOf('elevated')(session)],
      )
    const rotate = (presented: string, seconds = 31) =>
      sessions.rotate(sampleRotation(presented, { now: at(seconds), graceSince: at(seconds - 10) }))
    return { storage, sessions, session, digest, elevate, rotate }
  }

  test('elevating stores how the user authenticated, and tells what they may do now', async () => {
    const { storage, sessions, session, elevate } = await open()
    const elevated = await elevate('new')
    expect(elevated).toEqual({
      session: { ...session, aal: 2, amr: ['pwd', 'otp'], authenticatedAt: at(30), lastSeenAt: at(30) },
      expiresAt: at(3600),
      role: 'admin',
      scopes: null,
      emailVerified: false,
      operator: false,
    })
    const { tenantId, userId } = session
    const listed = await sessions.listLive(tenantId, userId, at(31), { limit: 10, after: null })
    expect(listed).toEqual([elevated?.session])
    expect(await recorded(storage)).toMatchObject([{ type: 'test.session.elevated' }])
  })

  test('the level never falls', async () => {
    const { elevate } = await open({ aal: 2 })
    expect(await elevate('new', { aal: 1 })).toMatchObject({ session: { aal: 2 } })
  })

  test('the new token works and ends with the session at the latest', async () => {
    const { elevate, rotate } = await open({ expiresAt: at(100) })
    expect(await elevate('new')).toMatchObject({ expiresAt: at(100) })
    expect(await rotate('new')).toMatchObject({ rotatedNow: true, session: { aal: 2 } })
    expect(await rotate('new+', 32)).toMatchObject({ rotatedNow: true })
  })

  test('earlier tokens count as replaced: refused within the grace, reuse after it', async () => {
    const { storage, digest, elevate, rotate } = await open()
    await rotate(digest, 5)
    await elevate('new')
    expect(await rotate(`${digest}+`, 39)).toEqual({ outcome: 'refused' })
    expect(await rotate('new', 39)).toMatchObject({ rotatedNow: true })
    await recorded(storage)
    expect(await rotate(`${digest}+`, 40)).toMatchObject({ outcome: 'reused' })
    expect(await rotate('new+', 41)).toEqual({ outcome: 'refused' })
    expect(await recorded(storage)).toMatchObject([{ type: 'test.session.reused' }])
  })

  test('only a live session of this user in this tenant is elevated', async () => {
    const { storage, sessions, session, elevate, rotate, digest } = await open({ expiresAt: at(100) })
    const other = await storedMember(storage)
    expect(await elevate('a', { session: { ...session, userId: other.userId } })).toBe(null)
    expect(await elevate('b', { session: { ...session, tenantId: other.tenantId } })).toBe(null)
    expect(await elevate('c', { session: { ...session, id: newId('ses') } })).toBe(null)
    expect(await elevate('d', { now: at(100) })).toBe(null)
    expect(await rotate(digest, 5)).toMatchObject({ rotatedNow: true, session: { aal: 1 } })
    await sessions.revoke(session.tenantId, session.userId, session.id, at(6), 'sign-out', [])
    expect(await elevate('e')).toBe(null)
    expect(await recorded(storage)).toEqual([])
  })

  test('of concurrent callers, the token of the last one works and no other', async () => {
    const { elevate, rotate } = await open()
    expect(winners(await race((racer) => elevate(`token${racer}`)))).toHaveLength(racers)
    const outcomes: string[] = []
    for (let racer = 0; racer < racers; racer++) outcomes.push((await rotate(`token${racer}`)).outcome)
    expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set(['rotated', 'refused']))
  })

  test('a rotation at the same time leaves no token of before that works', async () => {
    const { storage, sessions } = await open()
    for (let round = 0; round < 8; round++) {
      const { session, digest } = await openedSession(storage, await storedMember(storage))
      const token = { digest: `new${round}`, expiresAt: at(3600) }
      await race<unknown>((racer) =>
        racer % 2 === 0
          ? sessions.rotate(sampleRotation(digest, { now: at(30), graceSince: at(20) }))
          : sessions.elevate(
              { session, aal: 2, amr: [], now: at(30), token: { ...token, digest: `${digest}${racer}` } },
              [],
            ),
      )
      for (const presented of [digest, `${digest}+`]) {
        const late = await sessions.rotate(sampleRotation(presented, { now: at(35), graceSince: at(25) }))
        expect(late).toEqual({ outcome: 'refused' })
      }
    }
  })

  test('a session of one factor is not rotated once its user has a second one', async () => {
    const { storage, session, digest, elevate, rotate } = await open()
    const { factors } = storage.repositories.auth
    const { userId } = session
    const id = newId('aut')
    await factors.enroll({ id, userId, kind: 'totp', label: null, secret: 'x', createdAt: now })
    expect(await rotate(digest, 5)).toMatchObject({ rotatedNow: true })
    await factors.confirm(userId, id, 1, at(6), [])
    expect(await rotate(`${digest}+`, 7)).toEqual({ outcome: 'refused' })
    await elevate('new')
    expect(await rotate('new')).toMatchObject({ rotatedNow: true })
  })

  test('a session of one factor is not rotated once its tenant asks for two', async () => {
    const { storage, session, digest, rotate } = await open()
    const { mfaPolicies } = storage.repositories.auth
    await mfaPolicies.put(session.tenantId, 'required', [])
    expect(await rotate(digest, 5)).toEqual({ outcome: 'refused' })
    await mfaPolicies.put(session.tenantId, 'optional', [])
    expect(await rotate(digest, 6)).toMatchObject({ rotatedNow: true })
  })

  test('ending all sessions but one keeps that one', async () => {
    const { storage, sessions, session, digest, rotate } = await open()
    const { userId } = session
    const elsewhere = await openedSession(storage, await storedMember(storage, 'member', userId))
    const ended = await sessions.revokeAll(
      userId,
      at(2),
      'factor-enrolled',
      [eventOf('ended')(session)],
      session.id,
    )
    expect(ended).toEqual([elsewhere.session.id])
    expect(await recorded(storage)).toHaveLength(1)
    expect(await rotate(digest, 5)).toMatchObject({ rotatedNow: true })
    expect(await rotate(elsewhere.digest, 5)).toEqual({ outcome: 'refused' })
    expect(
      await sessions.revokeAll(userId, at(6), 'factor-enrolled', [eventOf('ended')(session)], session.id),
    ).toEqual([])
    expect(await recorded(storage)).toEqual([])
  })
}
