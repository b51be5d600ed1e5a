import type { DeliveryStore } from '../ports/delivery-store.ts'
import type { Meter } from '../ports/meter.ts'
import type { Outbox } from '../ports/outbox.ts'
import { CoreMetrics } from './core-metrics.ts'

/** Shows how much waits and how much was given up, read at every scrape. */
export function outboxGauges(outbox: Outbox, deliveries: DeliveryStore, meter: Meter): void {
  const pending = meter.gauge(CoreMetrics.outboxPending)
  const dead = meter.gauge(CoreMetrics.outboxDead)
  meter.onScrape(async () => {
    const depth = await outbox.depth()
    pending.set(depth.pending)
    dead.set(depth.dead)
  })
  const deliveriesPending = meter.gauge(CoreMetrics.deliveriesPending)
  const deliveriesDead = meter.gauge(CoreMetrics.deliveriesDead)
  meter.onScrape(async () => {
    const depth = await deliveries.depth()
    deliveriesPending.set(depth.pending)
    deliveriesDead.set(depth.dead)
  })
}
