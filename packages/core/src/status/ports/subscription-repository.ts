import type { Id } from '../../kernel/id.ts'
import type { PageRequest } from '../../kernel/page.ts'
import type { Severity } from '../incidents/incident.ts'
import type { Channel } from '../subscriptions/subscription.ts'

export interface StoredSubscription {
  readonly id: Id<'sbr'>
  readonly channel: Channel
  /** Keyed digest of channel and target: one subscription each. */
  readonly targetDigest: string
  /** Sealed. */
  readonly target: string
  /** Sealed; null until a webhook is confirmed. */
  readonly secret: string | null
  /** The least severity of incidents to be told of. */
  readonly severity: Severity
  readonly maintenance: boolean
  readonly state: 'pending' | 'active'
  /** How often it was asked for before it was confirmed. */
  readonly generation: number
  /** Until when it can be confirmed; null once it is. */
  readonly expiresAt: Date | null
  readonly createdAt: Date
}

export interface SubscriptionRepository {
  /**
   * Keeps what somebody asked for, and returns what is kept. Of a target that is pending already, wishes and time are replaced and the
   * generation is raised by one; an active one stays as it is. Of concurrent callers with one target one adds it.
   */
  request(subscription: StoredSubscription): Promise<StoredSubscription>
  find(id: Id<'sbr'>): Promise<StoredSubscription | null>
  findByTarget(targetDigest: string): Promise<StoredSubscription | null>
  /** Newest first. */
  list(page: PageRequest): Promise<readonly StoredSubscription[]>
  /** Ids of active ones of a channel that want to be told of an incident of this severity, or of maintenance. */
  listWanting(channel: Channel, topic: Severity | 'maintenance'): Promise<readonly Id<'sbr'>[]>
  /**
   * Makes a pending one of this generation active, unless its time is over at `now`. False, and no effect, otherwise. Of concurrent
   * callers one succeeds.
   */
  confirm(
    id: Id<'sbr'>,
    confirmed: { readonly generation: number; readonly secret: string | null; readonly now: Date },
  ): Promise<boolean>
  /** False when there is none. Of concurrent callers one succeeds. */
  remove(id: Id<'sbr'>): Promise<boolean>
  /** Forgets pending ones whose time is over at `now`; returns how many. */
  purge(now: Date): Promise<number>
}
