import { addMilliseconds, before, type Clock, DomainError, milliseconds } from '@corbel/core'
import type { Counter, Logger } from '@corbel/core/ports'
import type { GatewayUsage, PaymentGateway, UsageOutcome } from '../ports/payment-gateway.ts'
import type { DueUsage, UsageRepository, UsageSettlement } from '../ports/usage-repository.ts'
import { longestPast } from './usage-service.ts'

export interface UsageExportDeps {
  /** Null while billing is switched off: usage waits. */
  readonly gateway: Pick<PaymentGateway, 'reportUsage'> | null
  readonly usage: UsageRepository
  readonly usageReported: Counter
  readonly clock: Clock
  readonly logger: Logger
}

const batchSize = 100
const leaseMs = milliseconds('5m')
const withoutCustomerMs = milliseconds('1h')
const afterFailureMs = milliseconds('1m')

/**
 * Tells the payment gateway's meters what was used. A record goes under its own id, which the gateway counts once: sending it again
 * after a crash is safe, and `duplicate` means that it is there.
 */
export class UsageExport {
  readonly #deps: UsageExportDeps

  constructor(deps: UsageExportDeps) {
    this.#deps = deps
  }

  /** Reports everything that is due; returns how many records the gateway has now. */
  async reportDue(signal?: AbortSignal): Promise<number> {
    const { gateway, usage, clock } = this.#deps
    if (gateway === null) return 0
    let sent = 0
    let goesOn = true
    while (goesOn) {
      const due = await usage.claim({ limit: batchSize, leaseMs, now: clock.now() })
      if (due.length === 0) break
      const reported = await this.#report(gateway, due)
      sent += reported.sent
      goesOn = reported.goesOn && !signal?.aborted
    }
    return sent
  }

  async #report(
    gateway: Pick<PaymentGateway, 'reportUsage'>,
    due: readonly DueUsage[],
  ): Promise<{ readonly sent: number; readonly goesOn: boolean }> {
    const { usage, clock, logger } = this.#deps
    const now = clock.now()
    const kept = due.flatMap((record) => keptHere(record, before(now, longestPast)))
    await this.#settle(kept)
    const isKept = new Set(kept.map(({ id }) => id))
    const open = due.filter(({ id }) => !isKept.has(id))
    const withCustomer = open.flatMap(toGateway)
    const waiting = open.filter(({ customerId }) => customerId === null)
    await usage.defer(waiting, addMilliseconds(now, withoutCustomerMs))
    if (withCustomer.length === 0) return { sent: 0, goesOn: true }
    try {
      const outcomes = new Map(
        (await gateway.reportUsage(withCustomer)).map((outcome) => [outcome.id, outcome]),
      )
      const settled = open.flatMap((record) => settlementOf(record, outcomes.get(record.id)))
      await this.#settle(settled)
      return { sent: settled.filter(({ state }) => state === 'sent').length, goesOn: true }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      logger.warn('Usage could not be reported; it is tried again in a minute.', { error })
      await usage.defer(open, addMilliseconds(now, afterFailureMs))
      return { sent: 0, goesOn: false }
    }
  }

  async #settle(settlements: readonly UsageSettlement[]): Promise<void> {
    await this.#deps.usage.settle(settlements)
    for (const { state } of settlements) this.#deps.usageReported.add({ outcome: state })
  }
}

/** What the gateway would not take, and is for people to settle with the customer. */
function keptHere(record: DueUsage, oldest: Date): readonly UsageSettlement[] {
  const { tenantId, id } = record
  if (record.quantity.startsWith('-'))
    return [{ tenantId, id, state: 'local', note: 'Below zero: credit it with the payment provider.' }]
  if (record.occurredAt < oldest)
    return [{ tenantId, id, state: 'refused', note: 'Nobody to bill it to was known for 35 days.' }]
  return []
}

const toGateway = ({ id, featureKey, customerId, quantity, occurredAt }: DueUsage): readonly GatewayUsage[] =>
  customerId === null
    ? []
    : [{ id, meter: featureKey, customerId, quantity, occurredAt: occurredAt.toISOString() }]

function settlementOf(
  { tenantId, id }: DueUsage,
  outcome: UsageOutcome | undefined,
): readonly UsageSettlement[] {
  if (!outcome) return []
  return outcome.is === 'refused'
    ? [{ tenantId, id, state: 'refused', note: outcome.reason }]
    : [{ tenantId, id, state: 'sent', note: null }]
}
