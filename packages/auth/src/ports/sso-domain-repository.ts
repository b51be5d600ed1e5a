import type { DomainEvent, Id } from '@corbel/core/ports'

/** A domain that a tenant has proved to be its own. */
export interface SsoDomain {
  readonly domain: string
  readonly verifiedAt: Date
}

/** Several tenants may have proved the same domain. */
export interface SsoDomainRepository {
  /** The time of the first proof stays; then nothing is recorded. Of concurrent callers one records. */
  insert(tenantId: Id<'ten'>, domain: SsoDomain, events: readonly DomainEvent[]): Promise<void>
  /** In the order of their names. */
  list(tenantId: Id<'ten'>): Promise<readonly SsoDomain[]>
  /** False when the tenant has no such one. Of concurrent callers one gets true. */
  remove(tenantId: Id<'ten'>, domain: string, events: readonly DomainEvent[]): Promise<boolean>
}
