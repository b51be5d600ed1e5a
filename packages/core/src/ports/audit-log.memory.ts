import { type Clock, systemClock } from '../kernel/clock.ts'
import { type Id, newId } from '../kernel/id.ts'
import type { AuditChain, AuditFilter, AuditLog, AuditRow } from './audit-log.ts'
import { erasedNotice, purgedNotice } from './audit-notices.ts'
import { auditDraftOf, auditHashOf, auditKeysOf, personalDigestOf } from './audit-row.ts'
import type { DomainEvent } from './outbox.ts'

interface StoredRow extends AuditRow {
  readonly tenantId: Id<'ten'> | null
}

/** Rows are replaced, never changed, so that a copy of the maps is a snapshot. */
export interface AuditTables {
  /** By tenant and seq, oldest first. */
  readonly auditRows: Map<string, StoredRow>
  /** By tenant. */
  readonly auditChains: Map<string, AuditChain & { readonly tenantId: Id<'ten'> | null }>
}

const start = { seq: 0, hash: '' }

export const auditTables = (): AuditTables => ({ auditRows: new Map(), auditChains: new Map() })

/** The last row that is being added, by the table that it goes to: the next one needs its hash. */
const adding = new WeakMap<AuditTables['auditRows'], Promise<void>>()

/** Adds the row of an event that is to be audited. */
export function appendAudit(
  tables: AuditTables,
  event: DomainEvent,
  id: Id<'evt'>,
  occurredAt: Date,
): Promise<void> {
  const last = adding.get(tables.auditRows) ?? Promise.resolve()
  const added = last.then(() => add(tables, event, id, occurredAt))
  adding.set(
    tables.auditRows,
    added.catch(() => {}),
  )
  return added
}

async function add(
  { auditRows, auditChains }: AuditTables,
  event: DomainEvent,
  id: Id<'evt'>,
  occurredAt: Date,
): Promise<void> {
  const draft = auditDraftOf(event, id, occurredAt)
  if (!draft) return
  const { tenantId } = event
  const { head, base } = auditChains.get(String(tenantId)) ?? { head: start, base: start }
  const unhashed = { ...draft, seq: head.seq + 1, personalDigest: await personalDigestOf(draft.personal) }
  const hash = await auditHashOf(head.hash, unhashed)
  auditChains.set(String(tenantId), { tenantId, head: { seq: unhashed.seq, hash }, base })
  auditRows.set(keyOf(tenantId, unhashed.seq), { tenantId, ...unhashed, hash })
}

const keyOf = (tenantId: Id<'ten'> | null, seq: number): string => `${tenantId} ${seq}`

/** Reference implementation over `tables`. */
export function memoryAuditLog(
  { clock = systemClock }: { readonly clock?: Clock } = {},
  tables: AuditTables = auditTables(),
): AuditLog {
  const { auditRows, auditChains } = tables
  const append = (event: DomainEvent) => appendAudit(tables, event, newId('evt', clock), clock.now())
  const rowsOf = (tenantId: Id<'ten'> | null) =>
    [...auditRows.values()].filter((row) => row.tenantId === tenantId)

  return {
    record: async (...events) => {
      for (const event of events) await append(event)
    },
    list: async (tenantId, filter, { limit, after }) =>
      rowsOf(tenantId)
        .filter((row) => (after === null || row.seq < Number(after)) && fits(row, filter))
        .toReversed()
        .slice(0, limit + 1)
        .map(shown),
    read: async (tenantId, after, limit, filter = {}) =>
      rowsOf(tenantId)
        .filter((row) => row.seq > after && fits(row, filter))
        .slice(0, limit)
        .map(shown),
    chain: async (tenantId) => {
      const { head, base } = auditChains.get(String(tenantId)) ?? { head: start, base: start }
      return { head, base }
    },
    erase: async (personId) => {
      const theirs = [...auditRows].filter(
        ([, row]) => row.personal !== null && auditKeysOf(row).ownerId === personId,
      )
      for (const [key, row] of theirs) auditRows.set(key, { ...row, personal: null })
      for (const tenantId of new Set(theirs.map(([, row]) => row.tenantId)))
        await append(erasedNotice(tenantId, personId))
      return theirs.length
    },
    purge: async (time) => {
      let removed = 0
      for (const { tenantId, head } of auditChains.values()) {
        const rows = rowsOf(tenantId)
        const kept = rows.findIndex((row) => auditKeysOf(row).occurredAt >= time.toISOString())
        const old = kept === -1 ? rows : rows.slice(0, kept)
        const last = old.at(-1)
        if (!last) continue
        const base = { seq: last.seq, hash: last.hash }
        for (const { seq } of old) auditRows.delete(keyOf(tenantId, seq))
        auditChains.set(String(tenantId), { tenantId, head, base })
        await append(purgedNotice(tenantId, base))
        removed += old.length
      }
      return removed
    },
  }
}

function shown({ tenantId: _, ...row }: StoredRow): AuditRow {
  return row
}

function fits(row: AuditRow, { type, outcome, actorId, subjectId, from, to }: AuditFilter): boolean {
  const keys = auditKeysOf(row)
  return (
    (type === undefined || keys.type === type) &&
    (outcome === undefined || keys.outcome === outcome) &&
    (actorId === undefined || keys.actorId === actorId) &&
    (subjectId === undefined || keys.subjectId === subjectId) &&
    (from === undefined || keys.occurredAt >= from.toISOString()) &&
    (to === undefined || keys.occurredAt < to.toISOString())
  )
}
