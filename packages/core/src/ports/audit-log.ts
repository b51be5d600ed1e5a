import type { Id } from '../kernel/id.ts'
import type { MaskedClient } from '../kernel/origin.ts'
import type { PageRequest } from '../kernel/page.ts'
import type { AuditOutcome } from './audit-mark.ts'
import type { DomainEvent } from './outbox.ts'

/** One link of the chain of a tenant, or of the platform, as it is kept. */
export interface AuditRow {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number
  /** SHA-256, in hexadecimal, of the previous hash, the seq, the content and the digest of the personal part. */
  readonly hash: string
  /** The canonical form, which is what is hashed: JSON text, written once and never parsed and written again. */
  readonly content: string
  /** A random salt and the masked address and agent of the caller; null when there were none, or when they were erased. */
  readonly personal: string | null
  /** SHA-256 of the personal part, in hexadecimal; empty when there was none. It says nothing once the salt is gone. */
  readonly personalDigest: string
}

/** A row as people read it. */
export interface AuditEvent {
  readonly seq: number
  readonly id: Id<'evt'>
  readonly type: string
  readonly occurredAt: string
  readonly outcome: AuditOutcome
  readonly actorId: string | null
  readonly impersonatorId: string | null
  readonly subjectId: string | null
  readonly requestId: string | null
  /** Null when there was none, or when it was erased. */
  readonly client: MaskedClient | null
  readonly data: unknown
}

export interface AuditFilter {
  readonly type?: string | undefined
  readonly outcome?: AuditOutcome | undefined
  readonly actorId?: string | undefined
  readonly subjectId?: string | undefined
  /** Inclusive. */
  readonly from?: Date | undefined
  /** Exclusive. */
  readonly to?: Date | undefined
}

export interface AuditLink {
  readonly seq: number
  readonly hash: string
}

/** Both ends of a chain. */
export interface AuditChain {
  /** The newest row; seq 0 and an empty hash when there never was one. */
  readonly head: AuditLink
  /** The newest row that retention has removed; seq 0 and an empty hash when none was. */
  readonly base: AuditLink
}

/**
 * The audit trail: a chain for each tenant and one, of tenant null, for the platform. Rows come from events that carry an
 * `AuditMark`: whatever records such an event writes its row in the same statement or transaction, so a change and its
 * row exist together or not at all. Concurrent writers of one chain wait for each other; there is never a gap or a fork.
 */
export interface AuditLog {
  /** Writes the rows of events that nothing else records, for they changed nothing: refused attempts. Nobody is told of them. */
  record(...events: readonly DomainEvent[]): Promise<void>
  /** Rows that all of the filter fits, newest first, beginning behind seq `page.after`, which is a number; one row more than `page.limit` when there is one. */
  list(tenantId: Id<'ten'> | null, filter: AuditFilter, page: PageRequest): Promise<readonly AuditRow[]>
  /** Up to `limit` rows behind seq `after` that all of the filter fits, oldest first. */
  read(
    tenantId: Id<'ten'> | null,
    after: number,
    limit: number,
    filter?: AuditFilter,
  ): Promise<readonly AuditRow[]>
  chain(tenantId: Id<'ten'> | null): Promise<AuditChain>
  /**
   * Forgets the personal part of every row that a person caused, or of strangers' rows about them, in every chain, and records
   * that in each of these chains. Returns in how many rows. To be called in a transaction.
   */
  erase(personId: string): Promise<number>
  /**
   * Removes the rows of every chain that are older than `time`, up to the first one that is not, and records in each of these
   * chains where it now begins. Returns how many. To be called in a transaction.
   */
  purge(time: Date): Promise<number>
}
