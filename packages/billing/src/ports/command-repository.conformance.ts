import { addMilliseconds, newId } from '@corbel/core'
import { race, racers, type Suite, winners } from '@corbel/core/ports'
import type { CommandDraft } from './command-repository.ts'
import { type BillingStorage, now, storedTenant } from './samples.conformance.ts'

const lease = { now, leaseMs: 60_000 }
const later = (ms: number) => ({ ...lease, now: addMilliseconds(now, ms) })
const done = { status: 'done', resultId: 'sub_1', note: null } as const

/** The law of `CommandRepository`. `fresh` gives an empty storage for each test. */
export function commandRepositoryConformance(
  { test, expect }: Suite,
  fresh: () => Promise<BillingStorage>,
): void {
  async function open() {
    const storage = await fresh()
    const { commands } = storage.repositories.billing
    const [a, b] = [await storedTenant(storage), await storedTenant(storage)]
    const draft = (change: Partial<CommandDraft> = {}): CommandDraft => {
      const id = newId('cmd')
      return {
        id,
        tenantId: a,
        lane: 'subscription',
        operation: 'startSubscription',
        recordedAt: now,
        input: { items: [{ priceId: 'price_"1" 🌱' }], none: null },
        key: `test:${a}:${id}`,
        ...change,
      }
    }
    const must = async (change: Partial<CommandDraft> = {}) => {
      const claimed = await commands.insert(draft(change), lease)
      if (!claimed) throw new Error('The lane is taken.')
      return claimed
    }
    return { commands, a, b, draft, must }
  }

  test('a command is recorded as it was given, claimed by whoever recorded it', async () => {
    const { commands, a, b, draft } = await open()
    const given = draft()
    const claimed = await commands.insert(given, lease)
    const { receipt, ...command } = claimed ?? { receipt: '' }
    expect(command).toEqual({
      ...given,
      status: 'pending',
      attempts: 1,
      resultId: null,
      note: null,
      endedAt: null,
    })
    expect(receipt === '').toBe(false)
    expect(await commands.findOpen(a, 'subscription')).toEqual(command)
    expect(await commands.findOpen(b, 'subscription')).toBe(null)
    expect(await commands.findOpen(a, 'customer')).toBe(null)
  })

  test('one command of a tenant is pending in a lane, and any number without one', async () => {
    const { commands, b, draft, must } = await open()
    const taken = winners(await race(() => commands.insert(draft(), lease)))
    expect(taken.filter((each) => each !== null)).toHaveLength(1)
    await must({ lane: 'customer' })
    await must({ tenantId: b })
    await must({ lane: null })
    await must({ lane: null })
  })

  test('a lane is free again when its command has ended', async () => {
    const { commands, a, must } = await open()
    expect(await commands.settle(await must(), done, now)).toBe(true)
    expect(await commands.findOpen(a, 'subscription')).toBe(null)
    await must()
  })

  test('a command that is claimed is nobody else’s until its lease ends', async () => {
    const { commands, a, b, must } = await open()
    const { id } = await must()
    expect(await commands.claim(a, id, later(59_999))).toBe(null)
    expect(await commands.claimDue({ ...later(59_999), limit: 10 })).toEqual([])
    expect(await commands.claim(b, id, later(60_000))).toBe(null)
    const taken = winners(await race(() => commands.claim(a, id, later(60_000))))
    expect(taken.filter((each) => each !== null)).toMatchObject([{ id, attempts: 2 }])
  })

  test('one that was put off is free at once, and due at its time', async () => {
    const { commands, a, must } = await open()
    const first = await must()
    const retryAt = addMilliseconds(now, 5_000)
    expect(await commands.defer(first, { retryAt, note: 'gateway/busy' })).toBe(true)
    expect(await commands.claimDue({ ...later(4_999), limit: 10 })).toEqual([])
    const again = await commands.claim(a, first.id, later(1))
    expect(again).toMatchObject({ attempts: 2, note: 'gateway/busy' })
    if (again) await commands.defer(again, { retryAt, note: 'x' })
    expect(await commands.claimDue({ ...later(5_000), limit: 10 })).toMatchObject([
      { id: first.id, attempts: 3 },
    ])
  })

  test('those due go to one caller each, the longest due first', async () => {
    const { commands, must } = await open()
    for (const index of [3, 1, 2]) {
      const claimed = await must({ lane: null, input: index })
      await commands.defer(claimed, { retryAt: addMilliseconds(now, index), note: '' })
    }
    expect((await commands.claimDue({ ...later(9), limit: 1 })).map(({ input }) => input)).toEqual([1])
    const others = winners(await race(() => commands.claimDue({ ...later(9), limit: 2 })))
    expect(others.flat().map(({ input }) => input)).toHaveLength(2)
    expect(others).toHaveLength(racers)
  })

  test('only who holds the claim ends it, once', async () => {
    const { commands, a, must } = await open()
    const lost = await must()
    const held = await commands.claim(a, lost.id, later(60_000))
    expect(await commands.settle(lost, done, now)).toBe(false)
    expect(await commands.defer(lost, { retryAt: now, note: '' })).toBe(false)
    const endings = winners(await race(() => commands.settle(held ?? lost, done, later(60_001).now)))
    expect(endings.filter(Boolean)).toHaveLength(1)
    expect(await commands.claim(a, lost.id, later(999_999))).toBe(null)
    expect(await commands.claimDue({ ...later(999_999), limit: 10 })).toEqual([])
  })

  test('the last that was done is found, by its tenant only', async () => {
    const { commands, a, b, must } = await open()
    const first = await must({ lane: null })
    const second = await must({ lane: null, recordedAt: addMilliseconds(now, 1) })
    const failed = await must({ lane: null, recordedAt: addMilliseconds(now, 2) })
    await commands.settle(second, done, now)
    await commands.settle(first, done, now)
    await commands.settle(failed, { ...done, status: 'failed', note: 'gateway/declined' }, now)
    expect(await commands.findLast(a, 'startSubscription')).toMatchObject({
      id: second.id,
      status: 'done',
      resultId: 'sub_1',
      endedAt: now,
    })
    expect(await commands.findLast(b, 'startSubscription')).toBe(null)
    expect(await commands.findLast(a, 'createCheckout')).toBe(null)
  })

  test('what ended before is forgotten, and nothing that is pending', async () => {
    const { commands, a, must } = await open()
    await commands.settle(await must(), done, now)
    await must({ lane: 'customer' })
    expect(await commands.purge(now)).toBe(0)
    expect(await commands.purge(addMilliseconds(now, 1))).toBe(1)
    expect(await commands.findOpen(a, 'customer')).toMatchObject({ status: 'pending' })
  })
}
