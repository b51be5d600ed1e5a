import { describe, expect, test } from 'vitest'
import { manualClock } from '../kernel/manual-clock.ts'
import { memoryMeter } from '../ports/meter.memory.ts'
import { memoryEventRecorder, memoryOutbox, outboxTable } from '../ports/outbox.memory.ts'
import { recordingLogger } from '../ports/recording-logger.ts'
import type { EventHandler } from './define-events.ts'
import { Relay } from './relay.ts'

const greeted = { type: 'test.greeting.sent', tenantId: null, payload: { name: 'Ada' } }

function openRelay(handle: EventHandler['handle']) {
  const clock = manualClock()
  const table = outboxTable()
  const outbox = memoryOutbox({ clock }, table)
  const meter = memoryMeter()
  const logger = recordingLogger()
  const relay = new Relay({ outbox, clock, meter, logger, handlers: [{ type: greeted.type, handle }] })
  return { clock, outbox, meter, logger, relay, events: memoryEventRecorder({ clock }, table) }
}

describe('relay', () => {
  test('delivers an event once and settles it', async () => {
    const seen: unknown[] = []
    const { relay, events, outbox } = openRelay(async ({ payload }) => void seen.push(payload))
    await events.record(greeted)
    expect(await relay.deliverDue()).toBe(1)
    expect(await relay.deliverDue()).toBe(0)
    expect(seen).toEqual([{ name: 'Ada' }])
    expect(await outbox.depth()).toEqual({ pending: 0, dead: 0 })
  })

  test('an event that nobody handles is settled', async () => {
    const { relay, events, outbox } = openRelay(async () => {})
    await events.record({ ...greeted, type: 'test.greeting.ignored' })
    await relay.deliverDue()
    expect(await outbox.depth()).toEqual({ pending: 0, dead: 0 })
  })

  test('a failing handler is tried again after a delay, and the same event id comes back', async () => {
    const ids: string[] = []
    const { relay, events, clock } = openRelay(async ({ id }) => {
      ids.push(id)
      if (ids.length === 1) throw new Error('the provider is down')
    })
    await events.record(greeted)
    await relay.deliverDue()
    clock.advance('1h')
    await relay.deliverDue()
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  test('one failing event does not hold up the others', async () => {
    const delivered: unknown[] = []
    const { relay, events, outbox } = openRelay(async ({ payload }) => {
      if ((payload as { readonly name: string }).name === 'poison') throw new Error('poison')
      delivered.push(payload)
    })
    await events.record({ ...greeted, payload: { name: 'poison' } }, greeted, greeted)
    await relay.deliverDue()
    expect(delivered).toHaveLength(2)
    expect(await outbox.depth()).toEqual({ pending: 1, dead: 0 })
  })

  test('an event that keeps failing ends as a dead letter after 12 attempts', async () => {
    let attempts = 0
    const { relay, events, clock, outbox, meter } = openRelay(async () => {
      attempts++
      throw new Error('never')
    })
    await events.record(greeted)
    for (let i = 0; i < 20; i++) {
      await relay.deliverDue()
      clock.advance('1h')
    }
    expect(attempts).toBe(12)
    expect(await outbox.depth()).toEqual({ pending: 0, dead: 1 })
    expect((await meter.scrape()).body).toContain(
      'corbel_outbox_deliveries_total{event="test.greeting.sent",outcome="dead"} 1',
    )
  })

  test('two relays over one outbox share the events', async () => {
    const seen: string[] = []
    const { relay, events, outbox, clock, meter, logger } = openRelay(async ({ id }) => void seen.push(id))
    const second = new Relay({
      outbox,
      clock,
      meter,
      logger,
      handlers: [{ type: greeted.type, handle: async ({ id }) => void seen.push(id) }],
    })
    await events.record(...Array.from({ length: 100 }, () => greeted))
    while ((await Promise.all([relay.deliverDue(), second.deliverDue()])).some((count) => count > 0));
    expect(seen).toHaveLength(100)
    expect(new Set(seen).size).toBe(100)
  })

  test('a started relay delivers by itself, and stop waits for the delivery under way', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    let finished = false
    const { relay, events } = openRelay(async () => {
      begin()
      await gate
      finished = true
    })
    relay.start()
    await events.record(greeted)
    relay.wake()
    await begun
    const stopped = relay.stop()
    expect(finished).toBe(false)
    open()
    await stopped
    expect(finished).toBe(true)
  })
})
