import { isDeepStrictEqual as isSame } from 'node:util'
import type { GatewayObject } from '@corbel/billing/ports'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backends, openStorage, type OpenStorage, openTimeout } from '../storages.ts'
import { openBilling } from './billing.fixture.ts'
import { subscription, tell, told } from './fake-gateway.fixture.ts'
import { differencesOfEvents } from './history-verdict.fixture.ts'
import { seeded } from './seeded.ts'

/** What one subscription lives through, by the second; twice two things happen within one. */
const life = [
  { at: 1, change: { status: 'incomplete' } },
  { at: 1, change: { status: 'active' } },
  { at: 5, change: { status: 'past_due' } },
  { at: 9, change: { status: 'active' } },
  { at: 12, change: { status: 'active', cancelAt: '2026-01-20T00:00:00.000Z' } },
  { at: 12, change: { status: 'canceled', endedAt: '2026-01-20T00:00:00.000Z' } },
] as const

const stateOf = (id: string, step: number): GatewayObject => told(subscription({ id, ...life[step]?.change }))

function ordersOf(steps: readonly number[]): number[][] {
  if (steps.length === 0) return [[]]
  return steps.flatMap((step) =>
    ordersOf(steps.filter((each) => each !== step)).map((rest) => [step, ...rest]),
  )
}

const orders = ordersOf([...life.keys()])
/** Deliveries under way at a time. */
const atOnce = 64
const backend = (await backends()).at(-1) ?? 'memory'

describe.each([...new Set(['memory', backend] as const)])('on %s', (name) => {
  let opened: OpenStorage
  beforeAll(async () => {
    opened = await openStorage(name)
  }, openTimeout)
  afterAll(() => opened?.close())

  test(
    'all 720 orders of six events, each delivered up to three times, end in the same state and tell it once',
    async () => {
      // Memory copies all that it has for each transaction, so that little of it is quicker.
      const size = name === 'memory' ? 90 : orders.length
      for (let from = 0; from < orders.length; from += size)
        expect(await live(orders.slice(from, from + size))).toEqual([])
    },
    openTimeout,
  )

  /** What came of them that should not have. */
  async function live(some: readonly (readonly number[])[]): Promise<readonly unknown[]> {
    await opened.clear()
    const { newTenant, stack, dispatch, recorded, fake, inbox } = await openBilling(opened)
    const tenantId = await newTenant()
    const random = seeded(some.length)
    const rounds: string[][] = life.map(() => [])
    for (const [index, order] of some.entries()) {
      const id = `sub_${index}`
      fake.has(stateOf(id, life.length - 1))
      // One, two, three or all six of its events are applied at a time.
      const together = [1, 2, 3, 6][index % 4] ?? 1
      for (const [place, step] of order.entries()) {
        const { body } = tell({ at: life[step]?.at ?? 0, object: stateOf(id, step) })
        const times = 1 + Math.floor(random() * 3)
        rounds[Math.floor(place / together)]?.push(...Array.from({ length: times }, () => body))
      }
    }
    for (const round of rounds) {
      const work = async () => {
        for (let body = round.pop(); body !== undefined; body = round.pop())
          await stack.billing.intake.receive(new TextEncoder().encode(body), 'signed')
      }
      await Promise.all(Array.from({ length: atOnce }, work))
      await Promise.all([dispatch(), dispatch()])
    }
    const events = []
    for (let more = await recorded(); more.length > 0; more = await recorded()) events.push(...more)
    const { projections } = opened.storage.repositories.billing
    const known = await projections.list(tenantId, 'subscription', { limit: 1000, after: null })
    const states = new Map(known.map(({ object }) => [object.value.id, object]))
    const astray = some.flatMap((order, index) => {
      const found = states.get(`sub_${index}`)
      return isSame(found, stateOf(`sub_${index}`, life.length - 1)) ? [] : [{ order, found }]
    })
    const byId = Map.groupBy(events, ({ payload }) => (payload as { subscriptionId?: string }).subscriptionId)
    const wrong = known.flatMap((each) => differencesOfEvents(each, byId.get(each.object.value.id) ?? []))
    const { pending, dead } = await inbox.depth()
    return [...astray, ...wrong, ...(pending + dead > 0 ? [{ pending, dead }] : [])]
  }
})
