import type { ClaimedCommand, Command, CommandLease, CommandRepository } from '@corbel/billing/ports'
import { newId } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { storableJsonb } from '../json.ts'
import type { TenantDb } from '../scoped-db.ts'
import { storable } from '../storable.ts'
import type { BillingTables } from './tables.ts'

type Row = Selectable<BillingTables['corbel_billing_commands']>

export const kyselyCommandRepository = (db: TenantDb): CommandRepository => ({
  async insert({ id, tenantId, lane, operation, input, key, recordedAt }, lease) {
    const row = await db
      .forTenant(tenantId)
      .insertInto('corbel_billing_commands')
      .values({
        id,
        tenant_id: tenantId,
        lane,
        operation,
        key,
        recorded_at: recordedAt,
        attempts: 1,
        input: storableJsonb(input),
        due_at: leaseEnd(lease),
        receipt: newId('rcp'),
      })
      // Not a parameter: Postgres matches a partial index only with what it can see when it plans.
      .onConflict((conflict) =>
        conflict
          .columns(['tenant_id', 'lane'])
          .where(sql<boolean>`status = 'pending'`)
          .doNothing(),
      )
      .returningAll()
      .executeTakeFirst()
    return row ? toClaimed(row) : null
  },

  async findOpen(tenantId, lane) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_billing_commands')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('lane', '=', lane)
      .where('status', '=', 'pending')
      .executeTakeFirst()
    return row ? toCommand(row) : null
  },

  async claim(tenantId, id, lease) {
    const row = await db
      .forTenant(tenantId)
      .updateTable('corbel_billing_commands')
      .set((of) => ({
        attempts: of('attempts', '+', 1),
        due_at: leaseEnd(lease),
        receipt: newId('rcp'),
      }))
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .where((of) => of.or([of('receipt', 'is', null), of('due_at', '<=', lease.now)]))
      .returningAll()
      .executeTakeFirst()
    return row ? toClaimed(row) : null
  },

  async claimDue({ limit, ...lease }) {
    const { rows } = await sql<Row>`
      with due as materialized (
        select id, due_at as was_due_at from corbel_billing_commands
        where status = 'pending' and due_at <= ${lease.now}::timestamptz
        order by due_at limit ${limit}::integer
        for update skip locked
      ), claimed as (
        update corbel_billing_commands c
        set attempts = c.attempts + 1, due_at = ${leaseEnd(lease)}::timestamptz, receipt = ${newId('rcp')}::text || '.' || c.id
        from due where c.id = due.id
        returning c.*, due.was_due_at
      )
      select * from claimed order by was_due_at`.execute(db.platform('billingCommands.claim'))
    return rows.map(toClaimed)
  },

  async settle({ tenantId, id, receipt }, { status, resultId, note }, now) {
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_billing_commands')
      .set({
        status,
        result_id: resultId,
        ended_at: now,
        receipt: null,
        note: note === null ? null : storable(note),
      })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('receipt', '=', receipt)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async defer({ tenantId, id, receipt }, { retryAt, note }) {
    const { numUpdatedRows } = await db
      .forTenant(tenantId)
      .updateTable('corbel_billing_commands')
      .set({ due_at: retryAt, note: storable(note), receipt: null })
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('receipt', '=', receipt)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async findLast(tenantId, operation) {
    const row = await db
      .forTenant(tenantId)
      .selectFrom('corbel_billing_commands')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('operation', '=', operation)
      .where('status', '=', 'done')
      .orderBy('recorded_at', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    return row ? toCommand(row) : null
  },

  async purge(endedBefore) {
    const { numDeletedRows } = await db
      .platform('billingCommands.purge')
      .deleteFrom('corbel_billing_commands')
      .where('ended_at', '<', endedBefore)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

const leaseEnd = ({ now, leaseMs }: CommandLease): Date => new Date(now.getTime() + leaseMs)

const toCommand = (row: Row): Command => ({
  id: row.id,
  tenantId: row.tenant_id,
  lane: row.lane,
  operation: row.operation,
  input: row.input,
  key: row.key,
  recordedAt: row.recorded_at,
  status: row.status,
  attempts: row.attempts,
  resultId: row.result_id,
  note: row.note,
  endedAt: row.ended_at,
})

const toClaimed = (row: Row): ClaimedCommand => ({ ...toCommand(row), receipt: row.receipt ?? '' })
