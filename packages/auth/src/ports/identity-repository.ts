import type { DomainEvent, Id } from '@corbel/core/ports'
import type { UserId } from '../users/user.ts'

/** What a user is known by at an identity provider. */
export interface IdentityRecord {
  readonly id: Id<'idn'>
  readonly userId: UserId
  readonly issuer: string
  readonly subject: string
  /** The address that the provider gave when it was linked, for people to tell them apart. */
  readonly email: string | null
  readonly createdAt: Date
}

/** Issuer and subject are compared as they are, to the letter (OpenID Connect Core §2). */
export interface IdentityRepository {
  /** Links one. Of concurrent callers with one issuer and subject one succeeds. @throws `auth/identity-taken` */
  insert(identity: IdentityRecord, events: readonly DomainEvent[]): Promise<void>
  /** Whose it is. */
  findUser(issuer: string, subject: string): Promise<UserId | null>
  /** Those of a user, oldest first. */
  list(userId: UserId): Promise<readonly IdentityRecord[]>
  /** False when the user has no such one. Of concurrent callers one gets true. */
  remove(userId: UserId, id: Id<'idn'>, events: readonly DomainEvent[]): Promise<boolean>
}
