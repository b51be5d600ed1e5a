import type { DomainEvent, Id, PageRequest } from '@corbel/core/ports'
import type { Grant } from '@corbel/core/tenant/ports'
import type { ApiKeyId } from '../api-keys/api-key.ts'
import type { UserId } from '../users/user.ts'

/** A key as stored, without the digest under which it is found. */
export interface ApiKeyRecord {
  readonly id: ApiKeyId
  readonly tenantId: Id<'ten'>
  readonly name: string
  /** Whom it acts for: it ends with their membership. Null for the credential of a declared account. */
  readonly userId: UserId | null
  /** The declared account; null for a person's key. */
  readonly account: string | null
  /** Where it is used, as its holder says. */
  readonly fingerprint: string | null
  /** Why it was issued, as whoever had it issued says. */
  readonly reason: string | null
  readonly scopes: readonly string[]
  readonly createdAt: Date
  readonly expiresAt: Date
  /** Sampled; null before the first use. */
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
}

/** What a use needs to know of a key. */
export interface UsableApiKey {
  readonly tenantId: Id<'ten'>
  readonly scopes: readonly string[]
  readonly lastUsedAt: Date | null
  /** What the person whom it acts for is now; null for the credential of a declared account. */
  readonly grant: Grant | null
}

export interface ApiKeyQuery {
  readonly of: 'people' | 'accounts'
  /** Only this person's. */
  readonly userId?: UserId | undefined
  /** Only of accounts whose name has this part. */
  readonly account?: string | undefined
  readonly fingerprint?: string | undefined
  readonly status: 'active' | 'revoked' | 'all'
}

export interface ApiKeyRepository {
  /** Stores a key and records the events, in one statement; false, and nothing is stored, when there is no such tenant. */
  insert(key: ApiKeyRecord, digest: string, events: readonly DomainEvent[]): Promise<boolean>
  /**
   * The key with this id and digest, in one statement; null when there is none, it was revoked, has expired, or is of somebody who is
   * not a member any more.
   */
  findUsable(id: ApiKeyId, digest: string, now: Date): Promise<UsableApiKey | null>
  /** Keys of a tenant, newest id first, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  list(
    tenantId: Id<'ten'>,
    query: ApiKeyQuery,
    now: Date,
    page: PageRequest,
  ): Promise<readonly ApiKeyRecord[]>
  /**
   * Ends a key of this tenant and records the events, in one statement. Of concurrent callers one gets true; false when it is not
   * there, was revoked, or is not of the kind and the person that `which` names.
   */
  revoke(
    tenantId: Id<'ten'>,
    id: ApiKeyId,
    which: Pick<ApiKeyQuery, 'of' | 'userId'>,
    now: Date,
    events: readonly DomainEvent[],
  ): Promise<boolean>
  /** Notes a use, unless one was noted at `now` or later. */
  touch(tenantId: Id<'ten'>, id: ApiKeyId, now: Date): Promise<void>
  /** Forgets keys that were revoked or expired before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
