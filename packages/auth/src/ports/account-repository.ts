import type { Id, PageRequest } from '@corbel/core/ports'
import type { Credential } from '../users/credential.ts'
import type { Profile } from '../users/profile.ts'
import type { User, UserId } from '../users/user.ts'

export type DisabledBy = 'user' | 'operator' | 'erasure'

/** A user as operators see them. */
export interface Account {
  readonly user: User
  readonly profile: Profile
  readonly operator: boolean
  readonly disabledAt: Date | null
  readonly disabledBy: DisabledBy | null
  /** Consecutive failures, whatever the factor. */
  readonly failedAttempts: number
}

/** All that is given must fit. */
export interface AccountFilter {
  /** Part of the address or of the name to show, in whatever case. */
  readonly text?: string | undefined
  readonly status?: 'active' | 'disabled' | undefined
  readonly emailVerified?: boolean | undefined
  readonly operator?: boolean | undefined
  readonly tenantId?: Id<'ten'> | undefined
  /** Inclusive. */
  readonly createdFrom?: Date | undefined
  /** Exclusive. */
  readonly createdTo?: Date | undefined
}

/** What becomes of accounts after they were made. */
export interface AccountRepository {
  find(id: UserId): Promise<Account | null>
  /** Accounts that all of the filter fits, newest id first, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  list(filter: AccountFilter, page: PageRequest): Promise<readonly Account[]>
  /** Sets what is given; null when there is no such user. */
  updateProfile(id: UserId, change: Partial<Profile>): Promise<Account | null>
  /** Lets nobody in any more; sessions are ended by {@link SessionRepository.revokeAll} after it. Of concurrent callers one gets true. */
  disable(id: UserId, now: Date, by: DisabledBy): Promise<boolean>
  /** Undoes {@link disable}, but never an erasure. Of concurrent callers one gets true. */
  enable(id: UserId): Promise<boolean>
  /** Marks the address as proved, and the password as chosen by whoever proved it. */
  proveEmail(id: UserId): Promise<void>
  /**
   * Takes an account from the client that registered it, which has not proved the address: sets a credential, forgets the earlier
   * ones and every second factor, and ends its API keys. Of concurrent callers one gets true; false when the registrant is another
   * one by now.
   */
  disown(id: UserId, registrant: string, credential: Credential, now: Date): Promise<boolean>
  /**
   * Forgets everything about a person: the row stays, disabled, under an address that nobody can have, for others refer to it. Of
   * concurrent callers one gets true. Sessions are ended before it; they keep nothing but their times.
   */
  erase(id: UserId, now: Date): Promise<boolean>
}

/** RFC 2606 §2: nobody can have an address there. */
export const erasedEmail = (id: UserId): string => `${id}@erased.invalid`
