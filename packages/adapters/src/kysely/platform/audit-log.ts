import {
  type AuditFilter,
  type AuditLog,
  type AuditRow,
  type Clock,
  erasedNotice,
  type DomainEvent,
  type Id,
  newId,
  purgedNotice,
} from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { jsonb } from '../json.ts'
import type { ScopedDb, TenantDb } from '../scoped-db.ts'
import { auditArguments, chainOf } from './audit-draft.ts'
import type { PlatformTables } from './tables.ts'

export function kyselyAuditLog(db: TenantDb, clock: Clock): AuditLog {
  const reading = (tenantId: Id<'ten'> | null): ScopedDb =>
    tenantId === null ? db.platform('audit.read') : db.forTenant(tenantId)

  async function append(events: readonly DomainEvent[]): Promise<void> {
    const rows = events.map((event) => auditArguments(event, newId('evt', clock), clock.now()))
    await sql`
      select corbel_audit_append(e.row ->> 'chain', e.row ->> 'content', e.row ->> 'personal')
      from jsonb_array_elements(${jsonb(rows.filter((row) => row !== null))}) with ordinality as e (row, position)
      order by e.row ->> 'chain', e.position`.execute(db.forOwner(events, 'audit.record'))
  }

  const rowsOf = (tenantId: Id<'ten'> | null, { type, outcome, actorId, subjectId, from, to }: AuditFilter) =>
    reading(tenantId)
      .selectFrom('corbel_audit_events')
      .select(['seq', 'hash', 'content', 'personal', 'personal_digest'])
      .where('tenant_id', '=', chainOf(tenantId))
      .$if(type !== undefined, (query) => query.where('type', '=', type ?? ''))
      .$if(outcome !== undefined, (query) => query.where('outcome', '=', outcome ?? ''))
      .$if(actorId !== undefined, (query) => query.where('actor_id', '=', actorId ?? ''))
      .$if(subjectId !== undefined, (query) => query.where('subject_id', '=', subjectId ?? ''))
      .$if(from !== undefined, (query) => query.where('occurred_at', '>=', from?.toISOString() ?? ''))
      .$if(to !== undefined, (query) => query.where('occurred_at', '<', to?.toISOString() ?? ''))

  return {
    async record(...events) {
      if (events.length > 0) await append(events)
    },

    async list(tenantId, filter, { limit, after }) {
      const rows = await rowsOf(tenantId, filter)
        .$if(after !== null, (query) => query.where('seq', '<', String(after)))
        .orderBy('seq', 'desc')
        .limit(limit + 1)
        .execute()
      return rows.map(toRow)
    },

    async read(tenantId, after, limit, filter = {}) {
      const rows = await rowsOf(tenantId, filter)
        .where('seq', '>', String(after))
        .orderBy('seq')
        .limit(limit)
        .execute()
      return rows.map(toRow)
    },

    async chain(tenantId) {
      const row = await reading(tenantId)
        .selectFrom('corbel_audit_chains')
        .selectAll()
        .where('tenant_id', '=', chainOf(tenantId))
        .executeTakeFirst()
      return {
        head: { seq: Number(row?.head_seq ?? 0), hash: row?.head_hash ?? '' },
        base: { seq: Number(row?.base_seq ?? 0), hash: row?.base_hash ?? '' },
      }
    },

    async erase(personId) {
      const { rows } = await sql<{ readonly tenant_id: string }>`
        update corbel_audit_events set personal = null
        where owner_id = ${personId} and personal is not null
        returning tenant_id`.execute(db.platform('audit.erase'))
      const chains = [...new Set(rows.map(({ tenant_id }) => tenantOf(tenant_id)))]
      if (chains.length > 0) await append(chains.map((tenantId) => erasedNotice(tenantId, personId)))
      return rows.length
    },

    async purge(time) {
      // In the order of the chains, as everything else that locks several of them.
      const { rows } = await sql<{
        readonly tenant_id: string
        readonly seq: string
        readonly hash: string
        readonly removed: string
      }>`
        with old as materialized (
          select c.tenant_id, c.base_seq, coalesce((
            select min(e.seq) from corbel_audit_events e
            where e.tenant_id = c.tenant_id and e.occurred_at >= ${time.toISOString()}) - 1, c.head_seq) as seq
          from corbel_audit_chains c order by c.tenant_id for no key update
        ), removed as (
          delete from corbel_audit_events e using old o where e.tenant_id = o.tenant_id and e.seq <= o.seq
          returning e.tenant_id, e.seq, e.hash
        ), last as (
          select distinct on (tenant_id) tenant_id, seq, hash, count(*) over (partition by tenant_id) as removed
          from removed order by tenant_id, seq desc
        )
        update corbel_audit_chains c set base_seq = l.seq, base_hash = l.hash
        from last l where c.tenant_id = l.tenant_id
        returning c.tenant_id, l.seq, l.hash, l.removed`.execute(db.platform('audit.purge'))
      if (rows.length === 0) return 0
      await append(
        rows.map(({ tenant_id, seq, hash }) => purgedNotice(tenantOf(tenant_id), { seq: Number(seq), hash })),
      )
      return rows.reduce((sum, { removed }) => sum + Number(removed), 0)
    },
  }
}

const tenantOf = (chain: string): Id<'ten'> | null => (chain === '' ? null : (chain as Id<'ten'>))

type Stored = Pick<
  Selectable<PlatformTables['corbel_audit_events']>,
  'seq' | 'hash' | 'content' | 'personal' | 'personal_digest'
>

const toRow = ({ seq, hash, content, personal, personal_digest: personalDigest }: Stored): AuditRow => ({
  seq: Number(seq),
  hash,
  content,
  personal,
  personalDigest,
})
