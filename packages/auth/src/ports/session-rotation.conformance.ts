import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { Rotation, RotationOutcome } from './session-repository.ts'
import {
  at,
  type AuthStorage,
  eventOf,
  openedSession,
  recorded,
  sampleRotation,
  storedMember,
} from './samples.conformance.ts'

const refused = { outcome: 'refused' } as const

/** The law of `SessionRepository.rotate`. `fresh` gives an empty storage for each test. */
export function sessionRotationConformance({ test, expect }: Suite, fresh: () => Promise<AuthStorage>): void {
  async function open() {
    const storage = await fresh()
    const { sessions } = storage.repositories.auth
    const member = await storedMember(storage, 'admin')
    const { session, digest } = await openedSession(storage, member)
    const rotate = (presented: string, change: Partial<Rotation> = {}) =>
      sessions.rotate(sampleRotation(presented, change))
    return { storage, sessions, member, session, digest, rotate }
  }

  const rotatedNow = (outcomes: readonly RotationOutcome[], now: boolean) =>
    outcomes.filter((outcome) => outcome.outcome === 'rotated' && outcome.rotatedNow === now)

  test('a live token is replaced, and the account is read as it is now', async () => {
    const { storage, member, session, digest, rotate } = await open()
    const expected = {
      outcome: 'rotated',
      rotatedNow: true,
      expiresAt: at(3610),
      session: { ...session, lastSeenAt: at(10) },
      emailVerified: false,
      operator: false,
      role: 'admin',
      scopes: null,
    }
    expect(await rotate(digest)).toEqual(expected)
    const { emailVerifications, users } = storage.repositories.auth
    const email = (await users.find(member.userId))?.email ?? ''
    const token = { id: newId('emv'), userId: member.userId, email, digest: 'e', expiresAt: at(60) }
    await emailVerifications.replace(token)
    await emailVerifications.redeem('e', at(0), () => eventOf('verified')(session))
    expect(await rotate(`${digest}+`, { now: at(20) })).toMatchObject({
      rotatedNow: true,
      emailVerified: true,
    })
  })

  test('each successor can be replaced in turn', async () => {
    const { digest, rotate } = await open()
    let presented = digest
    for (let i = 1; i <= 5; i++) {
      const change = { now: at(i * 100), graceSince: at(i * 100 - 10), expiresAt: at(i * 100 + 3600) }
      expect(await rotate(presented, change)).toMatchObject({ rotatedNow: true, expiresAt: change.expiresAt })
      presented = `${presented}+`
    }
  })

  test('a successor never outlives the session', async () => {
    const { session, digest, rotate } = await open()
    const change = { expiresAt: new Date(session.expiresAt.getTime() + 1) }
    expect(await rotate(digest, change)).toMatchObject({ outcome: 'rotated', expiresAt: session.expiresAt })
  })

  test('an unknown token is refused', async () => {
    const { rotate } = await open()
    expect(await rotate('unknown')).toEqual(refused)
  })

  test('an expired token is refused', async () => {
    const { digest, rotate } = await open()
    expect(await rotate(digest, { now: at(3600) })).toEqual(refused)
    expect(await rotate(digest, { now: at(3599.999) })).toMatchObject({ rotatedNow: true })
  })

  test('a token of an expired session is refused', async () => {
    const { storage, member, rotate } = await open()
    const { digest } = await openedSession(storage, member, { expiresAt: at(30) })
    expect(await rotate(digest, { now: at(30) })).toEqual(refused)
  })

  test('a token of a revoked session is refused', async () => {
    const { sessions, member, session, digest, rotate } = await open()
    await rotate(digest)
    await sessions.revoke(member.tenantId, member.userId, session.id, at(11), 'sign-out', [])
    expect(await rotate(digest)).toEqual(refused)
    expect(await rotate(`${digest}+`)).toEqual(refused)
  })

  test('a token of somebody who is not a member of its tenant is refused', async () => {
    const { storage, member, rotate } = await open()
    const { tenantId } = await storedMember(storage)
    const { digest } = await openedSession(storage, { ...member, tenantId })
    expect(await rotate(digest)).toEqual(refused)
  })

  test('within the grace the same successor is given again, and nothing changes', async () => {
    const { storage, session, digest, rotate } = await open()
    await rotate(digest)
    const retry = { now: at(15), graceSince: at(5), expiresAt: at(9999) }
    expect(await rotate(digest, retry)).toMatchObject({
      rotatedNow: false,
      expiresAt: at(3610),
      session: { ...session, lastSeenAt: at(10) },
      role: 'admin',
      scopes: null,
    })
    expect(await recorded(storage)).toEqual([])
    expect(await rotate(`${digest}+`, { now: at(16) })).toMatchObject({ rotatedNow: true })
  })

  test('within the grace another successor than the stored one is refused', async () => {
    const { digest, rotate } = await open()
    await rotate(digest)
    expect(await rotate(digest, { successor: 'another' })).toEqual(refused)
    expect(await rotate('another')).toEqual(refused)
    expect(await rotate(`${digest}+`)).toMatchObject({ rotatedNow: true })
  })

  test('a token replaced before the grace ends the family, with one event', async () => {
    const { storage, sessions, session, digest, rotate } = await open()
    await rotate(digest)
    const late = { now: at(20), graceSince: at(10) }
    expect(await rotate(digest, late)).toEqual({ outcome: 'reused', sessionId: session.id })
    expect(await rotate(`${digest}+`, late)).toEqual(refused)
    expect(await rotate(digest, late)).toEqual(refused)
    const { id, tenantId, userId } = session
    expect(await recorded(storage)).toMatchObject([
      { type: 'test.session.reused', tenantId, payload: { id, userId } },
    ])
    expect(await sessions.listRevokedSince(at(0))).toEqual([{ id, revokedAt: at(20) }])
  })

  test('reuse of any generation ends the family, and no other family', async () => {
    const { storage, member, digest, rotate } = await open()
    const other = await openedSession(storage, member)
    await rotate(digest)
    await rotate(`${digest}+`, { now: at(100), graceSince: at(90) })
    await rotate(`${digest}++`, { now: at(200), graceSince: at(190) })
    const late = { now: at(300), graceSince: at(290) }
    expect(await rotate(digest, late)).toMatchObject({ outcome: 'reused' })
    expect(await rotate(`${digest}+++`, late)).toEqual(refused)
    expect(await rotate(other.digest, late)).toMatchObject({ rotatedNow: true })
  })

  test('of concurrent callers with one token, one rotates and the others get the same successor', async () => {
    const { digest, rotate } = await open()
    const outcomes = winners(await race((racer) => rotate(digest, { expiresAt: at(4000 + racer) })))
    expect(rotatedNow(outcomes, true)).toHaveLength(1)
    expect(rotatedNow(outcomes, false)).toHaveLength(racers - 1)
    const ends = outcomes.map((outcome) => outcome.outcome === 'rotated' && outcome.expiresAt.getTime())
    expect(new Set(ends).size).toBe(1)
    expect(await rotate(`${digest}+`)).toMatchObject({ rotatedNow: true })
  })

  test('of concurrent callers with different successors, one rotates and the others are refused', async () => {
    const { digest, rotate } = await open()
    const outcomes = winners(await race((racer) => rotate(digest, { successor: `${digest} ${racer}` })))
    expect(outcomes).toHaveLength(racers)
    expect(rotatedNow(outcomes, true)).toHaveLength(1)
    expect(outcomes.filter(({ outcome }) => outcome === 'refused')).toHaveLength(racers - 1)
    const next = await Promise.all(outcomes.map((_, racer) => rotate(`${digest} ${racer}`)))
    expect(rotatedNow(next, true)).toHaveLength(1)
  })

  test('of concurrent reuses, one ends the family', async () => {
    const { storage, digest, rotate } = await open()
    await rotate(digest)
    const outcomes = winners(await race(() => rotate(digest, { now: at(30), graceSince: at(20) })))
    expect(outcomes).toHaveLength(racers)
    expect(outcomes.filter(({ outcome }) => outcome === 'reused')).toHaveLength(1)
    expect(await recorded(storage)).toHaveLength(1)
  })

  test('concurrent with a revocation, no successor survives it', async () => {
    const { storage, sessions, member, rotate } = await open()
    for (let round = 0; round < 8; round++) {
      const { session, digest } = await openedSession(storage, member)
      const { tenantId, userId } = member
      const revoke = () =>
        sessions.revoke(tenantId, userId, session.id, at(10), 'sign-out', [eventOf('revoked')(session)])
      const revoked = await race(async (racer) =>
        racer % 8 === round ? revoke() : void (await rotate(digest)),
      )
      expect(winners(revoked)).toHaveLength(racers)
      expect(winners(revoked).filter((won) => won === true)).toHaveLength(1)
      expect(await rotate(digest)).toEqual(refused)
      expect(await rotate(`${digest}+`)).toEqual(refused)
    }
    expect(await recorded(storage)).toHaveLength(8)
  })
}
