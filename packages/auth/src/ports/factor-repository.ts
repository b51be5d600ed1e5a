import type { DomainEvent } from '@corbel/core/ports'
import type { FactorId } from '../factors/factor-id.ts'
import type { FactorKind } from '../factors/factor-kind.ts'
import type { UserId } from '../users/user.ts'

/** An authenticator of a user, beside the password. It counts once it is confirmed. */
export interface FactorRecord {
  readonly id: FactorId
  readonly userId: UserId
  readonly kind: FactorKind
  readonly label: string | null
  /** Sealed by the key vault; null for a passkey, which has a public key instead. */
  readonly secret: string | null
  readonly createdAt: Date
  readonly confirmedAt: Date | null
  readonly lastUsedAt: Date | null
}

export interface FactorRepository {
  /** Stores a factor that is not confirmed, in place of any other of the user and the kind that is not. */
  enroll(
    factor: Pick<FactorRecord, 'id' | 'userId' | 'kind' | 'label' | 'createdAt'> & {
      readonly secret: string
    },
  ): Promise<void>
  /** All of a user in the order of their ids, those that are not confirmed among them. */
  list(userId: UserId): Promise<readonly FactorRecord[]>
  /**
   * Confirms a factor by claiming a time step, and records the events, in one statement. Of concurrent callers one gets true;
   * false when there is no such factor that is not confirmed.
   */
  confirm(
    userId: UserId,
    id: FactorId,
    step: number,
    now: Date,
    events: readonly DomainEvent[],
  ): Promise<boolean>
  /**
   * Claims a time step of a confirmed factor: one that is later than every step claimed before (RFC 6238 §5.2). Of concurrent
   * callers one gets true.
   */
  claim(userId: UserId, id: FactorId, step: number, now: Date): Promise<boolean>
  /** Removes a factor and records the events, in one statement. Of concurrent callers one gets true. */
  remove(userId: UserId, id: FactorId, events: readonly DomainEvent[]): Promise<boolean>
}
