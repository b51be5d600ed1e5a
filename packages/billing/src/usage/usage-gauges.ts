import type { Meter } from '@corbel/core/ports'
import { BillingMetrics } from '../billing-metrics.ts'
import type { UsageRepository } from '../ports/usage-repository.ts'

/** How far the meters of the gateway are behind, read when it is asked for. */
export function usageGauges(usage: UsageRepository, meter: Meter): void {
  const pending = meter.gauge(BillingMetrics.usagePending)
  meter.onScrape(async () => pending.set((await usage.depth()).pending))
}
