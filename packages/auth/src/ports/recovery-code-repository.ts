import type { DomainEvent } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

export interface RecoveryCodeRepository {
  /** Puts these codes, given as digests, in the place of all codes of the user, and records the events, in one statement. */
  replace(userId: UserId, digests: readonly string[], events: readonly DomainEvent[]): Promise<void>
  /** How many can still be redeemed. */
  count(userId: UserId): Promise<number>
  /** Uses up the code of the user that has one of these digests, and records the events. Of concurrent callers one gets true. */
  redeem(userId: UserId, digests: readonly string[], events: readonly DomainEvent[]): Promise<boolean>
}
