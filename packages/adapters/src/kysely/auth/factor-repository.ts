import type { FactorRecord, FactorRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { type Selectable, sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'

export const kyselyFactorRepository = (db: TenantDb, clock: Clock): FactorRepository => ({
  async enroll({ id, userId, kind, label, secret, createdAt }) {
    const values = { id, label, secret, created_at: createdAt }
    await db.shared
      .insertInto('corbel_factors')
      .values({ ...values, user_id: userId, kind, confirmed_at: null, last_used_at: null, last_step: null })
      .onConflict((conflict) =>
        conflict.columns(['user_id', 'kind']).where('confirmed_at', 'is', null).doUpdateSet(values),
      )
      .execute()
  },

  async list(userId) {
    const rows = await db.shared
      .selectFrom('corbel_factors')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('id')
      .execute()
    return rows.map(toFactor)
  },

  async confirm(userId, id, step, now, events) {
    const { rows } = await sql`
      with confirmed as (
        update corbel_factors
        set confirmed_at = ${now}::timestamptz, last_used_at = ${now}::timestamptz, last_step = ${step}
        where user_id = ${userId} and id = ${id} and confirmed_at is null
        returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from confirmed)`)})
      select id from confirmed`.execute(db.forOwner(events, 'events.record'))
    return rows.length > 0
  },

  async claim(userId, id, step, now) {
    const { numUpdatedRows } = await db.shared
      .updateTable('corbel_factors')
      .set({ last_step: step, last_used_at: now })
      .where('user_id', '=', userId)
      .where('id', '=', id)
      .where('last_step', '<', step)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async remove(userId, id, events) {
    const { rows } = await sql`
      with removed as (
        delete from corbel_factors where user_id = ${userId} and id = ${id} returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from removed)`)})
      select id from removed`.execute(db.forOwner(events, 'events.record'))
    return rows.length > 0
  },
})

const toFactor = (row: Selectable<AuthTables['corbel_factors']>): FactorRecord => ({
  id: row.id,
  userId: row.user_id,
  kind: row.kind,
  label: row.label,
  secret: row.secret,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at,
  lastUsedAt: row.last_used_at,
})
