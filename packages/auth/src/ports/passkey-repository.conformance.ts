import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import type { PasskeyRecord } from './passkey-repository.ts'
import {
  at,
  type AuthStorage,
  awkwardText,
  now,
  recorded,
  sampleEvent,
  storedUser,
} from './samples.conformance.ts'

/** The law of `PasskeyRepository`. `fresh` gives an empty storage for each test. */
export function passkeyRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  /** A user with a passkey that has signed seven times. */
  async function open(change: Partial<PasskeyRecord> = {}) {
    const storage = await fresh()
    const { passkeys, factors } = storage.repositories.auth
    const userId = await storedUser(storage)
    const passkey = {
      id: newId('aut'),
      userId,
      label: awkwardText,
      credentialId: newId('cred'),
      publicKey: 'pQECAyYgASFYIA',
      counter: 7,
      transports: ['internal', 'hybrid'],
      backupEligible: true,
      backedUp: false,
      createdAt: now,
      ...change,
    } as const
    await passkeys.insert(passkey, [sampleEvent('enrolled', { userId })])
    const claim = (counter: number, digest: string = newId('digest'), id = userId) =>
      passkeys.claim({
        passkey: { userId: id, id: passkey.id },
        counter,
        backedUp: true,
        challenge: { digest, expiresAt: at(60) },
        now: at(5),
      })
    return { storage, passkeys, factors, userId, passkey, claim }
  }

  test('a passkey is found and listed as it was stored, and its events are recorded', async () => {
    const { storage, passkeys, userId, passkey } = await open()
    const stored = { ...passkey, lastUsedAt: null }
    expect(await passkeys.find(passkey.credentialId)).toEqual(stored)
    expect(await passkeys.list(userId)).toEqual([stored])
    expect(await passkeys.find('unknown')).toBe(null)
    expect(await passkeys.list(await storedUser(storage))).toEqual([])
    expect(await recorded(storage)).toMatchObject([{ type: 'test.session.enrolled', payload: { userId } }])
  })

  test('passkeys are listed in the order of their ids', async () => {
    const { passkeys, userId, passkey } = await open()
    const later = { ...passkey, id: newId('aut'), credentialId: newId('cred') }
    const latest = { ...passkey, id: newId('aut'), credentialId: newId('cred') }
    for (const one of [latest, later]) await passkeys.insert(one, [])
    expect((await passkeys.list(userId)).map(({ id }) => id)).toEqual(
      [passkey.id, later.id, latest.id].toSorted(),
    )
  })

  test('a passkey is a confirmed factor of its user without a secret, for sign-in too', async () => {
    const { storage, factors, userId, passkey } = await open()
    const { id, label } = passkey
    const factor = { id, userId, label, kind: 'passkey', secret: null, createdAt: now, confirmedAt: now }
    expect(await factors.list(userId)).toEqual([{ ...factor, lastUsedAt: null }])
    const candidate = await storage.repositories.auth.users.findForSignInById(userId)
    expect(candidate?.factors).toEqual(['passkey'])
    expect(await factors.claim(userId, id, 100, at(1))).toBe(false)
    expect(await factors.confirm(userId, id, 100, at(1), [])).toBe(false)
  })

  test('kinds of factors are named in alphabetical order', async () => {
    const { storage, factors, userId } = await open()
    const totp = {
      id: newId('aut'),
      userId,
      kind: 'totp',
      label: null,
      secret: 'sealed',
      createdAt: now,
    } as const
    await factors.enroll(totp)
    await factors.confirm(userId, totp.id, 100, at(1), [])
    const candidate = await storage.repositories.auth.users.findForSignInById(userId)
    expect(candidate?.factors).toEqual(['passkey', 'totp'])
  })

  test('enrolling another kind of factor leaves a passkey as it is', async () => {
    const { passkeys, factors, userId, passkey } = await open()
    await factors.enroll({ id: newId('aut'), userId, kind: 'totp', label: null, secret: 's', createdAt: now })
    expect(await passkeys.list(userId)).toHaveLength(1)
    expect(await passkeys.find(passkey.credentialId)).not.toBe(null)
  })

  test('of concurrent callers with one credential id, one stores it', async () => {
    const { storage, passkeys, passkey } = await open()
    const userId = await storedUser(storage)
    const credentialId = newId('cred')
    const results = await race(() =>
      passkeys.insert({ ...passkey, id: newId('aut'), userId, credentialId }, []),
    )
    expect(winners(results)).toHaveLength(1)
    expect(await passkeys.list(userId)).toHaveLength(1)
    const again = passkeys.insert({ ...passkey, id: newId('aut'), userId, credentialId }, [
      sampleEvent('taken'),
    ])
    await expect(again).rejects.toMatchObject({ code: 'auth/passkey-taken' })
    expect((await recorded(storage)).map(({ type }) => type)).not.toContain('test.session.taken')
  })

  test('a claim moves the counter on and says when the passkey was used', async () => {
    const { passkeys, passkey, claim } = await open()
    expect(await claim(4_294_967_295)).toBe('claimed')
    const used = { ...passkey, counter: 4_294_967_295, backedUp: true, lastUsedAt: at(5) }
    expect(await passkeys.find(passkey.credentialId)).toEqual(used)
  })

  test('a counter that is not greater is refused, and uses up the challenge', async () => {
    const { passkeys, passkey, claim } = await open()
    const digest = newId('digest')
    expect(await claim(7, digest)).toBe('refused')
    expect(await claim(8, digest)).toBe('replayed')
    expect(await claim(6)).toBe('refused')
    expect(await claim(0)).toBe('refused')
    expect(await passkeys.find(passkey.credentialId)).toEqual({ ...passkey, lastUsedAt: null })
    expect(await claim(8)).toBe('claimed')
  })

  test('a counter that stays 0 is no reason to refuse', async () => {
    const { claim } = await open({ counter: 0 })
    expect(await claim(0)).toBe('claimed')
    expect(await claim(0)).toBe('claimed')
    expect(await claim(1)).toBe('claimed')
    expect(await claim(0)).toBe('refused')
  })

  test('a passkey is claimed for its own user only', async () => {
    const { storage, claim } = await open()
    expect(await claim(8, newId('digest'), await storedUser(storage))).toBe('refused')
    expect(await claim(8)).toBe('claimed')
  })

  test('of concurrent callers with one challenge, one claims it', async () => {
    const { claim } = await open({ counter: 0 })
    const digest = newId('digest')
    const results = winners(await race(() => claim(0, digest)))
    expect(results).toHaveLength(racers)
    expect(results.filter((claimed) => claimed === 'claimed')).toHaveLength(1)
    expect(results.filter((claimed) => claimed === 'replayed')).toHaveLength(racers - 1)
  })

  test('of concurrent callers with one counter, one claims it', async () => {
    const { claim } = await open()
    const results = winners(await race(() => claim(8)))
    expect(results).toHaveLength(racers)
    expect(results.filter((claimed) => claimed === 'claimed')).toHaveLength(1)
  })

  test('a passkey that was removed as a factor is gone', async () => {
    const { passkeys, factors, userId, passkey, claim } = await open()
    expect(await factors.remove(userId, passkey.id, [])).toBe(true)
    expect(await passkeys.find(passkey.credentialId)).toBe(null)
    expect(await passkeys.list(userId)).toEqual([])
    expect(await claim(8)).toBe('refused')
    await passkeys.insert({ ...passkey, id: newId('aut') }, [])
    expect(await passkeys.list(userId)).toHaveLength(1)
  })
}
