import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import { at, type AuthStorage, now, storedMember } from './samples.conformance.ts'
import { sampleConnection } from './sso-connection-repository.conformance.ts'
import type { SsoState } from './sso-state-repository.ts'

/** The law of `SsoStateRepository`. `fresh` gives an empty storage for each test. */
export function ssoStateRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A state that runs out in a minute, and another one. */
  async function open(change: Partial<SsoState> = {}) {
    const storage = await fresh()
    const { ssoStates, ssoConnections } = storage.repositories.auth
    const { tenantId, userId } = await storedMember(storage)
    const connection = sampleConnection(tenantId)
    await ssoConnections.insert(connection, [])
    const state: SsoState = {
      digest: newId('digest'),
      browser: 'browser',
      connectionId: connection.id,
      tenantId,
      userId: null,
      memo: 'sealed',
      expiresAt: at(60),
      ...change,
    }
    await ssoStates.insert(state)
    await ssoStates.insert({ ...state, digest: newId('digest'), tenantId: null })
    return { ssoStates, state, userId }
  }

  test('of concurrent callers one gets it, as it was stored, and then it is used', async () => {
    const { ssoStates, state } = await open()
    const results = winners(await race(() => ssoStates.redeem(state, now)))
    expect(results).toHaveLength(racers)
    expect(results.filter((found) => found !== null)).toEqual([state])
    expect(await ssoStates.redeem(state, now)).toBe(null)
  })

  test('another browser, connection or user, a wrong or a late one gets nothing and uses nothing up', async () => {
    const { ssoStates, state, userId } = await open()
    expect(await ssoStates.redeem({ ...state, digest: 'unknown' }, now)).toBe(null)
    expect(await ssoStates.redeem({ ...state, browser: 'another' }, now)).toBe(null)
    expect(await ssoStates.redeem({ ...state, connectionId: newId('sso') }, now)).toBe(null)
    expect(await ssoStates.redeem({ ...state, userId }, now)).toBe(null)
    expect(await ssoStates.redeem(state, at(60))).toBe(null)
    expect(await ssoStates.redeem(state, at(59.999))).toEqual(state)
  })

  test('a state of somebody who is signed in is for them alone', async () => {
    const { ssoStates, state, userId } = await open()
    const digest = newId('digest')
    const linking = { ...state, digest, userId }
    await ssoStates.insert(linking)
    expect(await ssoStates.redeem({ ...linking, userId: null }, now)).toBe(null)
    expect(await ssoStates.redeem({ ...linking, userId: newId('usr') }, now)).toBe(null)
    expect(await ssoStates.redeem(linking, now)).toEqual(linking)
  })

  test('purge forgets what expired before the time', async () => {
    const { ssoStates, state } = await open()
    expect(await ssoStates.purge(at(60))).toBe(0)
    expect(await ssoStates.purge(at(60.001))).toBe(2)
    expect(await ssoStates.redeem(state, now)).toBe(null)
  })
}
