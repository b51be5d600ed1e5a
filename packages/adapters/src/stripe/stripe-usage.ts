import type { GatewayUsage, UsageOutcome } from '@corbel/billing/ports'
import type { Stripe } from 'stripe'
import { answered } from './stripe-errors.ts'
import { epoch } from './stripe-objects.ts'

/** Reports that travel at once: Stripe takes 25 writes a second in test mode and 100 in live mode. */
const inFlight = 10

/** Sends the records some at a time; the first failure that is not about a record ends it. */
export async function reportUsage(
  client: Stripe,
  records: readonly GatewayUsage[],
): Promise<readonly UsageOutcome[]> {
  const outcomes: UsageOutcome[] = []
  for (let at = 0; at < records.length; at += inFlight) {
    const batch = records.slice(at, at + inFlight)
    outcomes.push(...(await Promise.all(batch.map((record) => report(client, record)))))
  }
  return outcomes
}

async function report(client: Stripe, record: GatewayUsage): Promise<UsageOutcome> {
  const { id, meter, customerId, quantity, occurredAt } = record
  try {
    await answered(
      client.billing.meterEvents.create(
        {
          event_name: meter,
          identifier: id,
          timestamp: epoch(occurredAt),
          payload: { stripe_customer_id: customerId, value: quantity },
        },
        { idempotencyKey: `usage/${id}` },
      ),
    )
    return { id, is: 'accepted' }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code !== 'gateway/refused' && error.code !== 'gateway/not-found') throw error
    const detail = detailOf(error)
    // Stripe has counted a record of this name: that is what was asked for.
    return detail.includes('duplicate_meter_event')
      ? { id, is: 'duplicate' }
      : { id, is: 'refused', reason: detail }
  }
}

function detailOf(error: Error): string {
  const details: unknown = 'details' in error ? error.details : undefined
  return typeof details === 'object' && details !== null && 'detail' in details ? String(details.detail) : ''
}
