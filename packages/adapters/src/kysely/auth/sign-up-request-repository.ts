import type { SignUpRequestRecord, SignUpRequestRepository } from '@corbel/auth/ports'
import { type Selectable, sql } from 'kysely'
import type { TenantDb } from '../scoped-db.ts'
import type { AuthTables } from './tables.ts'

type Row = Omit<Selectable<AuthTables['corbel_sign_up_requests']>, 'client'>

const columns = sql`id, email, name, organization, message, status, reason, ip_prefix, user_agent, created_at, decided_at, decided_by, invite_id`

export const kyselySignUpRequestRepository = (db: TenantDb): SignUpRequestRepository => ({
  async submit(request, { client, most }) {
    // One caller's requests wait for each other until the transaction ends, or each would count without the others.
    await sql`select pg_advisory_xact_lock(hashtextextended(${`corbel sign-up request ${client ?? request.id}`}, 0))`.execute(
      db.shared,
    )
    const { email, createdAt } = request
    const { rows } = await sql`
      insert into corbel_sign_up_requests (client, ${columns})
      select ${client}::text, ${request.id}, ${email}, ${request.name}::text, ${request.organization}::text,
        ${request.message}::text, ${request.status}, ${request.reason}::text, ${request.ipPrefix}::text,
        ${request.userAgent}::text, ${createdAt}::timestamptz, ${request.decidedAt}::timestamptz,
        ${request.decidedBy}::text, ${request.inviteId}::text
      where not exists (select from corbel_users where email = ${email})
        and not exists (select from corbel_sign_up_reservations
          where email = ${email} and expires_at > ${createdAt}::timestamptz)
        and (${most}::integer = 0 or ${most}::integer >
          (select count(*) from corbel_sign_up_requests where client = ${client}::text and status = 'pending'))
      on conflict (email) where status = 'pending' do nothing
      returning id`.execute(db.shared)
    return rows.length > 0
  },

  async find(id) {
    const { rows } = await sql<Row>`select ${columns} from corbel_sign_up_requests where id = ${id}`.execute(
      db.shared,
    )
    return rows[0] ? toRecord(rows[0]) : null
  },

  async list({ status }, { limit, after }) {
    const { rows } = await sql<Row>`
      select ${columns} from corbel_sign_up_requests
      where ${status === undefined ? sql`true` : sql`status = ${status}`}
        ${after === null ? sql`` : sql`and id < ${after}`}
      order by id desc limit ${limit + 1}`.execute(db.shared)
    return rows.map(toRecord)
  },

  async decide(id, { status, at, by, reason, inviteId }) {
    const { numUpdatedRows } = await db.shared
      .updateTable('corbel_sign_up_requests')
      .set({ status, decided_at: at, decided_by: by, reason, invite_id: inviteId })
      .where('id', '=', id)
      .where('status', '=', 'pending')
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  },

  async purge(time) {
    const { numDeletedRows } = await db.shared
      .deleteFrom('corbel_sign_up_requests')
      .where('decided_at', '<', time)
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  },
})

const toRecord = (row: Row): SignUpRequestRecord => ({
  id: row.id,
  email: row.email,
  name: row.name,
  organization: row.organization,
  message: row.message,
  status: row.status,
  reason: row.reason,
  ipPrefix: row.ip_prefix,
  userAgent: row.user_agent,
  createdAt: row.created_at,
  decidedAt: row.decided_at,
  decidedBy: row.decided_by,
  inviteId: row.invite_id,
})
