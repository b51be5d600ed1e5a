import { newId, race, racers, type Suite, winners } from '@corbel/core/ports'
import { at, type AuthStorage } from './samples.conformance.ts'

/** The law of `NonceRepository`. `fresh` gives an empty storage for each test. */
export function nonceRepositoryConformance({ test, expect }: Suite, fresh: () => Promise<AuthStorage>): void {
  test('of concurrent callers with one number, one uses it up, and others are free', async () => {
    const { nonces } = (await fresh()).repositories.auth
    const digest = newId('digest')
    const results = winners(await race(() => nonces.claim(digest, at(60))))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await nonces.claim(newId('digest'), at(60))).toBe(true)
  })

  test('a number used in a transaction that fails can be used', async () => {
    const storage = await fresh()
    const digest = newId('digest')
    const failed = storage.transaction(async ({ repositories: { auth } }) => {
      await auth.nonces.claim(digest, at(60))
      throw new Error('on purpose')
    })
    await expect(failed).rejects.toThrow('on purpose')
    expect(await storage.repositories.auth.nonces.claim(digest, at(60))).toBe(true)
  })

  test('purge forgets the numbers that expired before the time, and no others', async () => {
    const { nonces } = (await fresh()).repositories.auth
    const digest = newId('digest')
    await nonces.claim(digest, at(60))
    expect(await nonces.purge(at(60))).toBe(0)
    expect(await nonces.claim(digest, at(60))).toBe(false)
    expect(await nonces.purge(at(60.001))).toBe(1)
    expect(await nonces.claim(digest, at(60))).toBe(true)
  })
}
