import { race, racers, type Suite, winners } from '@corbel/core/ports'
import { type AuthStorage, recorded, sampleEvent, storedUser } from './samples.conformance.ts'

const used = [sampleEvent('used')]

/** The law of `RecoveryCodeRepository`. `fresh` gives an empty storage for each test. */
export function recoveryCodeRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<AuthStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { recoveryCodes, users } = storage.repositories.auth
    const userId = await storedUser(storage)
    const hasCodes = async () => (await users.findForSignInById(userId))?.hasRecoveryCodes
    return { storage, recoveryCodes, userId, hasCodes }
  }

  test('a code is redeemed once, by its user, under any of its digests', async () => {
    const { storage, recoveryCodes, userId, hasCodes } = await open()
    const stranger = await storedUser(storage)
    await recoveryCodes.replace(userId, ['a', 'b'], [])
    await recoveryCodes.replace(stranger, ['c'], [])
    expect([await recoveryCodes.count(userId), await hasCodes()]).toEqual([2, true])
    expect(await recoveryCodes.redeem(stranger, ['a'], used)).toBe(false)
    expect(await recoveryCodes.redeem(userId, ['c'], used)).toBe(false)
    expect(await recoveryCodes.redeem(userId, [], used)).toBe(false)
    expect(await recording(storage)).toBe(0)
    expect(await recoveryCodes.redeem(userId, ['x', 'a'], used)).toBe(true)
    expect(await recoveryCodes.redeem(userId, ['a'], used)).toBe(false)
    expect(await recording(storage)).toBe(1)
    expect(await recoveryCodes.count(userId)).toBe(1)
    expect(await recoveryCodes.redeem(userId, ['b'], used)).toBe(true)
    expect([await recoveryCodes.count(userId), await hasCodes()]).toEqual([0, false])
    expect(await recoveryCodes.count(stranger)).toBe(1)
  })

  test('of concurrent callers with one code, one redeems it', async () => {
    const { storage, recoveryCodes, userId } = await open()
    await recoveryCodes.replace(userId, ['a', 'b'], [])
    const results = winners(await race(() => recoveryCodes.redeem(userId, ['a'], used)))
    expect(results).toHaveLength(racers)
    expect(results.filter(Boolean)).toHaveLength(1)
    expect(await recoveryCodes.count(userId)).toBe(1)
    expect(await recording(storage)).toBe(1)
  })

  test('new codes end those before them, and those of nobody else', async () => {
    const { storage, recoveryCodes, userId } = await open()
    const stranger = await storedUser(storage)
    await recoveryCodes.replace(userId, ['a', 'b'], [])
    await recoveryCodes.replace(stranger, ['a'], [])
    await recoveryCodes.replace(userId, ['b', 'c', 'd'], used)
    expect(await recording(storage)).toBe(1)
    expect(await recoveryCodes.redeem(userId, ['a'], [])).toBe(false)
    expect(await recoveryCodes.count(userId)).toBe(3)
    await recoveryCodes.replace(userId, [], [])
    expect(await recoveryCodes.count(userId)).toBe(0)
    expect(await recoveryCodes.count(stranger)).toBe(1)
  })

  test('of concurrent replacements, the codes of one stay', async () => {
    const { recoveryCodes, userId } = await open()
    const codesOf = (racer: number) => ['a', 'b', 'c'].map((letter) => `${letter}${racer}`)
    expect(winners(await race((racer) => recoveryCodes.replace(userId, codesOf(racer), [])))).toHaveLength(
      racers,
    )
    expect(await recoveryCodes.count(userId)).toBe(3)
    const whole: number[] = []
    for (let racer = 0; racer < racers; racer++) {
      const redeemed = await Promise.all(
        codesOf(racer).map((code) => recoveryCodes.redeem(userId, [code], [])),
      )
      if (redeemed.every(Boolean)) whole.push(racer)
    }
    expect(whole).toHaveLength(1)
  })
}

async function recording(storage: AuthStorage): Promise<number> {
  return (await recorded(storage)).length
}
