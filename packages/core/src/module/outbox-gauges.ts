import type { Meter } from '../ports/meter.ts'
import type { Outbox } from '../ports/outbox.ts'
import { CoreMetrics } from './core-metrics.ts'

/** Shows the depth of the outbox, read at every scrape. */
export function outboxGauges(outbox: Outbox, meter: Meter): void {
  const pending = meter.gauge(CoreMetrics.outboxPending)
  const dead = meter.gauge(CoreMetrics.outboxDead)
  meter.onScrape(async () => {
    const depth = await outbox.depth()
    pending.set(depth.pending)
    dead.set(depth.dead)
  })
}
