import type { Id, PortAdapter } from '@corbel/core/ports'

/** What is counted: one feature of one tenant in one period. */
export interface QuotaCounter {
  readonly tenantId: Id<'ten'>
  readonly featureKey: string
  /** The first moment of the period; another one is another counter. */
  readonly periodStart: Date
}

export interface QuotaReservation extends QuotaCounter {
  /** Chosen by the caller; unique within the tenant. */
  readonly id: Id<'rsv'>
  /** A whole number, not below zero. */
  readonly amount: number
  /** Most that may be spent and reserved in the period; null for any amount. */
  readonly limit: number | null
  readonly now: Date
  /** From when on what was not settled counts as given up. */
  readonly expiresAt: Date
}

export interface QuotaDecision {
  readonly granted: boolean
  /** Spent and reserved, this reservation included when it was granted. */
  readonly used: number
}

/**
 * Counts what is spent, and what is about to be: an amount is reserved before it is spent, and settled at what it came to.
 *
 * What is reserved and spent together never exceeds the limit that a reservation names, however many ask at once; settling may exceed
 * it, for what was spent was spent. A reservation nobody settled is given up when it expires and its room is needed. One that was
 * given up can still be settled, once, within a day.
 */
export interface QuotaStore extends PortAdapter {
  /** Takes the amount when it fits. The same id again takes nothing more and is answered like the first. */
  reserve(reservation: QuotaReservation): Promise<QuotaDecision>
  /**
   * Ends the reservation: `spent` counts in its place, 0 gives all of it back. Of concurrent callers one gets true; false, and no
   * effect, when it has ended or is not known.
   */
  settle(reservation: QuotaCounter & { readonly id: Id<'rsv'> }, spent: number): Promise<boolean>
  /** Spent and reserved; what has expired but was not given up yet is not counted. */
  used(counter: QuotaCounter, now: Date): Promise<number>
  /** Gives up and forgets reservations that expired before; what was spent stays. A store may do so by itself. */
  purge(expiredBefore: Date): Promise<void>
}
