import type { DomainEvent, Id, PageRequest } from '@corbel/core/ports'
import type { ClientPublicKey, ServiceAccountId } from '../service-accounts/service-account.ts'
import type { UserId } from '../users/user.ts'

/** An OAuth client of a tenant. It has a secret or a public key. */
export interface ServiceAccountRecord {
  readonly id: ServiceAccountId
  readonly tenantId: Id<'ten'>
  readonly name: string
  readonly scopes: readonly string[]
  readonly secretDigest: string | null
  readonly publicKey: ClientPublicKey | null
  readonly createdBy: UserId
  readonly createdAt: Date
}

export interface ServiceAccountRepository {
  /**
   * Stores an account and records the events, in one statement. Of concurrent callers with one name in a tenant, one succeeds.
   *
   * @throws `auth/service-account-name-taken`
   */
  insert(account: ServiceAccountRecord, events: readonly DomainEvent[]): Promise<void>
  /** The live account with this id, whatever its tenant, in one statement; null when there is none. */
  findClient(id: ServiceAccountId): Promise<ServiceAccountRecord | null>
  /** Live accounts of a tenant, newest id first, beginning behind `page.after`; one row more than `page.limit` when there is one. */
  list(tenantId: Id<'ten'>, page: PageRequest): Promise<readonly ServiceAccountRecord[]>
  /**
   * Ends a live account of this tenant and records the events, in one statement; its name is free again. Of concurrent callers one
   * gets true; false when there is none.
   */
  revoke(
    tenantId: Id<'ten'>,
    id: ServiceAccountId,
    now: Date,
    events: readonly DomainEvent[],
  ): Promise<boolean>
  /** Ends one access token and records the events, in one statement. Of concurrent callers one gets true; false when it was ended before. */
  revokeAccessToken(
    tenantId: Id<'ten'>,
    id: Id<'act'>,
    now: Date,
    events: readonly DomainEvent[],
  ): Promise<boolean>
  /** Whether neither the account nor this access token of it was ended. One indexed read. */
  isLive(tenantId: Id<'ten'>, id: Id, token: Id): Promise<boolean>
  /** Accounts and access tokens of all tenants that were ended at or after `since`. */
  listRevokedSince(since: Date): Promise<readonly { readonly id: Id; readonly revokedAt: Date }[]>
  /** Forgets accounts and access tokens that were ended before `time`; returns how many. */
  purge(time: Date): Promise<number>
}
