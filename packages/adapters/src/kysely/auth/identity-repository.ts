import { AuthErrors, type IdentityRepository } from '@corbel/auth/ports'
import type { Clock } from '@corbel/core/ports'
import { sql } from 'kysely'
import { insertEvents } from '../platform/event-recorder.ts'
import type { TenantDb } from '../scoped-db.ts'
import { onUniqueViolation } from '../violations.ts'

export const kyselyIdentityRepository = (db: TenantDb, clock: Clock): IdentityRepository => ({
  async insert({ id, userId, issuer, subject, email, createdAt }, events) {
    const inserted = db
      .forOwner(events, 'identities.record')
      .with('recorded', () => sql`(${insertEvents(clock, events)})`)
      .insertInto('corbel_identities')
      .values({ id, user_id: userId, issuer, subject, email, created_at: createdAt })
      .execute()
    await onUniqueViolation('corbel_identities_subject_key', inserted, AuthErrors.identityTaken)
  },

  async findUser(issuer, subject) {
    const row = await db.shared
      .selectFrom('corbel_identities')
      .select('user_id')
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .executeTakeFirst()
    return row?.user_id ?? null
  },

  async list(userId) {
    const rows = await db.shared
      .selectFrom('corbel_identities')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('id')
      .execute()
    return rows.map(({ user_id, created_at, ...row }) => ({ ...row, userId: user_id, createdAt: created_at }))
  },

  async remove(userId, id, events) {
    const { rows } = await sql`
      with removed as (
        delete from corbel_identities where user_id = ${userId} and id = ${id} returning id
      ), recorded as (${insertEvents(clock, events, sql`exists (select from removed)`)})
      select id from removed`.execute(db.forOwner(events, 'identities.record'))
    return rows.length > 0
  },
})
