import { describe, expect, test } from 'vitest'
import { manualClock } from '../kernel/manual-clock.ts'
import { DeliveryErrors } from '../ports/delivery-store.ts'
import { deliveryTable, memoryDeliveries } from '../ports/delivery-store.memory.ts'
import { memoryMeter } from '../ports/meter.memory.ts'
import { memoryEventRecorder, memoryOutbox, outboxTable } from '../ports/outbox.memory.ts'
import { recordingLogger } from '../ports/recording-logger.ts'
import type { Delivery, DeliveryRoute } from './delivery-route.ts'
import { Dispatcher } from './dispatcher.ts'
import { Relay } from './relay.ts'

const greeted = { type: 'test.greeting.sent', tenantId: 'ten_1' as const, payload: { name: 'Ada' } }
const lane = { route: 'test.mail', recipient: 'usr_1' }

function open(route: Partial<DeliveryRoute> & Pick<DeliveryRoute, 'send'>) {
  const clock = manualClock()
  const outboxRows = outboxTable()
  const rows = deliveryTable()
  const outbox = memoryOutbox({ clock }, outboxRows)
  const deliveries = memoryDeliveries({ clock }, rows, outboxRows)
  const common = { clock, meter: memoryMeter(), logger: recordingLogger() }
  const full: DeliveryRoute = {
    name: 'test.mail',
    events: [greeted.type],
    recipients: async () => [lane.recipient],
    ...route,
  }
  const dispatcher = new Dispatcher({ deliveries, routes: [full], ...common })
  const relay = new Relay({ outbox, handlers: dispatcher.handlers(), ...common })
  const events = memoryEventRecorder({ clock }, outboxRows)
  return {
    clock,
    deliveries,
    dispatcher,
    relay,
    events,
    logger: common.logger,
    full,
    common,
    log: () => deliveries.list('ten_1', lane, { limit: 10, after: null }),
    /** Sends until nothing is pending or a day has passed. */
    async exhaust() {
      for (let hour = 0; hour < 24; hour++) {
        await dispatcher.deliverDue()
        clock.advance('1h')
      }
    },
  }
}

describe('dispatcher', () => {
  test('tells each recipient what happened, and the log says so', async () => {
    const told: Delivery[] = []
    const { relay, dispatcher, events, log } = open({
      send: async (delivery) => {
        told.push(delivery)
        return 'HTTP 204'
      },
    })
    await events.record(greeted)
    await relay.deliverDue()
    expect(told).toEqual([])
    expect(await dispatcher.deliverDue()).toBe(1)
    expect(told).toMatchObject([{ recipient: 'usr_1', attempts: 1, event: { payload: { name: 'Ada' } } }])
    expect(await log()).toMatchObject([{ status: 'delivered', result: 'HTTP 204', attempts: 1 }])
  })

  test('a failure is tried again with the same event id, after a while, and twelve are the end', async () => {
    const ids: string[] = []
    const given: string[] = []
    const { relay, dispatcher, events, log, exhaust } = open({
      send: async ({ event }) => {
        ids.push(event.id)
        throw new Error('secret words of the provider')
      },
      givenUp: async (_, result) => void given.push(result),
    })
    await events.record(greeted)
    await relay.deliverDue()
    expect(await dispatcher.deliverDue()).toBe(1)
    expect(await dispatcher.deliverDue()).toBe(0)
    await exhaust()
    expect(ids).toHaveLength(12)
    expect(new Set(ids).size).toBe(1)
    expect(given).toEqual(['Error'])
    expect(await log()).toMatchObject([{ status: 'dead', result: 'Error', attempts: 12 }])
  })

  test('what is refused for good is given up at once, and the next one goes on', async () => {
    let calls = 0
    const { relay, dispatcher, events, log } = open({
      send: async () => {
        calls++
        if (calls === 1) throw DeliveryErrors.refused({ detail: 'no such address' })
        return 'HTTP 200'
      },
    })
    await events.record(greeted, greeted)
    await relay.deliverDue()
    await dispatcher.deliverDue()
    expect((await log()).map(({ status, result }) => `${status} ${result}`).toSorted()).toEqual([
      'dead delivery/refused: no such address',
      'delivered HTTP 200',
    ])
  })

  test('the time that the recipient asks for is waited for, but not longer than half an hour', async () => {
    let calls = 0
    const { relay, dispatcher, events, clock } = open({
      send: async () => {
        calls++
        throw DeliveryErrors.unavailable({ retryAfter: calls === 1 ? 600 : 86_400 })
      },
    })
    await events.record(greeted)
    await relay.deliverDue()
    await dispatcher.deliverDue()
    clock.advance('590s')
    expect(await dispatcher.deliverDue()).toBe(0)
    clock.advance('10s')
    expect(await dispatcher.deliverDue()).toBe(1)
    clock.advance('30m')
    expect(await dispatcher.deliverDue()).toBe(1)
  })

  test('a delivery that ends every process is given up too', async () => {
    let calls = 0
    const { relay, dispatcher, events, deliveries, clock, log } = open({
      send: async () => `HTTP ${++calls}`,
    })
    await events.record(greeted)
    await relay.deliverDue()
    for (let crash = 0; crash < 12; crash++) {
      expect(await deliveries.claim({ limit: 1, leaseMs: 1000 })).toHaveLength(1)
      clock.advance('1s')
    }
    await dispatcher.deliverDue()
    expect(calls).toBe(0)
    expect(await log()).toMatchObject([{ status: 'dead', result: 'no answer was noted' }])
  })

  test('as long as nobody could be told of the end, it is not the end', async () => {
    let fails = true
    const { relay, events, log, exhaust } = open({
      send: async () => {
        throw DeliveryErrors.refused()
      },
      givenUp: async () => {
        if (fails) throw new Error('the database is away')
      },
    })
    await events.record(greeted)
    await relay.deliverDue()
    await exhaust()
    expect(await log()).toMatchObject([{ status: 'pending' }])
    fails = false
    await exhaust()
    expect(await log()).toMatchObject([{ status: 'dead' }])
  })

  test('what came back is cut, and no longer in the log after 30 days', async () => {
    const { relay, dispatcher, events, log, clock } = open({ send: async () => 'x'.repeat(10_000) })
    await events.record(greeted)
    await relay.deliverDue()
    await dispatcher.deliverDue()
    expect((await log())[0]?.result).toHaveLength(200)
    clock.advance('29d')
    expect(await dispatcher.purge()).toBe(0)
    clock.advance('2d')
    expect(await dispatcher.purge()).toBe(1)
    expect(await log()).toEqual([])
  })

  test('two routes with one name are refused', () => {
    const { deliveries, full, common } = open({ send: async () => '' })
    expect(() => new Dispatcher({ deliveries, routes: [full, full], ...common })).toThrow('test.mail')
  })
})
