import { maskedClientOf, milliseconds } from '@corbel/core'
import type { AuditLog, DomainEvent, Logger, Meter, RateLimiter } from '@corbel/core/ports'
import { AuthMetrics } from '../auth-metrics.ts'

/** Refused attempts that are written, of one caller and of all callers together. */
const ofOne = { limit: 30, windowMs: milliseconds('10m') }
const ofAll = { limit: 600, windowMs: milliseconds('1m') }

export interface RefusalsDeps {
  readonly auditLog: AuditLog
  readonly rateLimiter: RateLimiter
  readonly logger: Logger
  readonly meter: Meter
}

/** Where what was refused, and so changed nothing, gets into the audit trail. */
export class Refusals {
  readonly #deps: RefusalsDeps

  constructor(deps: RefusalsDeps) {
    this.#deps = deps
  }

  /**
   * Writes an event that is audited, in one statement, unless the caller or all callers together have had too many written of late:
   * asking must not be a way to make the database write. Never rejects, for the refusal is the answer in any case.
   */
  async record(event: DomainEvent): Promise<void> {
    const { auditLog, logger, meter } = this.#deps
    const counter = meter.counter(AuthMetrics.auditedRefusals)
    try {
      const isAdmitted = await this.#admits(event)
      if (isAdmitted) await auditLog.record(event)
      counter.add({ outcome: isAdmitted ? 'written' : 'beyond_quota' })
    } catch (error) {
      counter.add({ outcome: 'failure' })
      logger.error('a refusal could not be written to the audit trail', { event: event.type, error })
    }
  }

  async #admits({ audit }: DomainEvent): Promise<boolean> {
    const { rateLimiter } = this.#deps
    const caller = audit && (audit.origin.actorId ?? maskedClientOf(audit.origin).ipPrefix)
    const one = await rateLimiter.take(`audit:refused:${caller ?? 'unknown'}`, ofOne)
    return one.allowed && (await rateLimiter.take('audit:refused', ofAll)).allowed
  }
}
