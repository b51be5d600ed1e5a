import type { DomainEvent, Id, PageRequest } from '@corbel/core/ports'
import type { ConnectionPreset, ProvisionedRole, Provisioning } from '../sso/connection.ts'
import type { SsoConnectionId } from '../sso/connection-id.ts'
import type { IdentityProviderClient } from './identity-provider.ts'

export interface SsoConnectionRecord extends Pick<
  IdentityProviderClient,
  'issuer' | 'clientId' | 'tokenAuthMethod' | 'scopes'
> {
  readonly id: SsoConnectionId
  /** Null for one of the platform, which all tenants share. */
  readonly tenantId: Id<'ten'> | null
  readonly name: string
  readonly preset: ConnectionPreset
  /** Sealed. */
  readonly clientSecret: string | null
  readonly enabled: boolean
  readonly provisioning: Provisioning
  readonly domains: readonly string[]
  readonly role: ProvisionedRole
  readonly twoFactorMethods: readonly string[]
  readonly createdAt: Date
  readonly version: number
}

/** How somebody who is not signed in says where they belong. */
export interface OfferQuery {
  /** Slug of a tenant. */
  readonly tenant?: string | undefined
  /** Of an e-mail address. */
  readonly domain?: string | undefined
}

export interface SsoConnectionRepository {
  insert(connection: SsoConnectionRecord, events: readonly DomainEvent[]): Promise<void>
  /** Any connection, whoever has it: for signing in, when nobody is known yet. */
  find(id: SsoConnectionId): Promise<SsoConnectionRecord | null>
  /** One of this tenant, or of the platform when that is null; null for those of all others. */
  findOwn(tenantId: Id<'ten'> | null, id: SsoConnectionId): Promise<SsoConnectionRecord | null>
  /** Those of this tenant, or of the platform, newest first; one more than the limit tells that there are others. */
  list(tenantId: Id<'ten'> | null, page: PageRequest): Promise<readonly SsoConnectionRecord[]>
  /**
   * The enabled ones of the platform, of the tenant with the slug, and of each tenant that has verified the domain and names it in
   * the connection; oldest first.
   */
  listOffered(query: OfferQuery): Promise<readonly SsoConnectionRecord[]>
  /** Replaces one and raises its version; null when its version is another one. Of concurrent callers with one version one succeeds. */
  replace(
    connection: SsoConnectionRecord,
    events: readonly DomainEvent[],
  ): Promise<SsoConnectionRecord | null>
  /** Removes one and every sign-in that has begun with it; false when there is no such one. Of concurrent callers one gets true. */
  remove(tenantId: Id<'ten'> | null, id: SsoConnectionId, events: readonly DomainEvent[]): Promise<boolean>
}
