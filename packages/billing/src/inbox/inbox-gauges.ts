import type { Clock } from '@corbel/core'
import type { Meter } from '@corbel/core/ports'
import { BillingMetrics } from '../billing-metrics.ts'
import type { InboxRepository } from '../ports/inbox-repository.ts'

/** How far the dispatcher is behind, read when it is asked for. */
export function inboxGauges(inbox: InboxRepository, meter: Meter, clock: Clock): void {
  const [pending, dead, oldest] = [
    meter.gauge(BillingMetrics.pending),
    meter.gauge(BillingMetrics.dead),
    meter.gauge(BillingMetrics.oldest),
  ]
  meter.onScrape(async () => {
    const depth = await inbox.depth()
    pending.set(depth.pending)
    dead.set(depth.dead)
    oldest.set(
      depth.oldestDueAt === null
        ? 0
        : Math.max(0, (clock.now().getTime() - depth.oldestDueAt.getTime()) / 1000),
    )
  })
}
